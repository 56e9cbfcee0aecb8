package word

// englishOrder holds what is said of an order that is held against its protocol.
func englishOrder() map[ID]string {
	return map[ID]string{
		"session.protocol_unknown": "The protocols of the library could not be read, so the order cannot be held against one. Nothing was released.",
		"session.protocol_limit":   "{0}: {1}",
		"session.protocol_library": "The order was written on another library than the one that is adopted. Write it again.",
		"session.protocol_reason":  "The order asks beyond a soft limit, or changes what is usual: give the reason.",
		"session.protocol_before":  "The order compares the weight with {0}, and the last visit's was {1}. Write it again.",
		"order.inside":             "Inside the protocol.",
		"order.above":              "Above what the protocol gives.",
		"order.below":              "Below what the protocol gives.",
		"order.beyond_library":     "Beyond the limit of the library, which nobody releases.",
		"order.maximum":            "The order allows itself more than its protocol.",
		"order.not_offered":        "The protocol does not offer it.",
		"order.no_number":          "The protocol gives no {0}.",
		"order.no_protocol":        "There is no such protocol in the library.",
		"order.no_basis":           "The order does not come from a protocol of the library.",
		"order.no_change":          "It is not the usual one, and the protocol's list of changes has no such change.",
		"order.unmarked":           "It is not the usual one: choose the change it is. {0}",
		"order.modified":           "{0}",
		"order.missing":            "The order does not say: {0}.",
		"order.number":             "The number of the infusion is not one of the plan.",
		"order.bag":                "The bag does not hold what is ordered.",
		"order.other_weight":       "The weight is not the one that the rule gives.",
		"order.weight_missing":     "Without a measured weight no dose is worked out.",
		"order.weight_undated":     "It is not known when the weight was measured.",
		"order.weight_old":         "The weight was measured too long ago.",
		"order.weight_unit":        "The weight is more than twice the one before, or less than half: pounds may have been taken for kilograms.",
		"order.weight_changed":     "The weight differs by more than {0} from the one before.",
		"order.weight_actual":      "The measured weight: the body mass index is {0} kg/m².",
		"order.weight_adjusted":    "The adjusted weight: the body mass index is {0} kg/m².",
		"order.weight_capped":      "No order doses on more than {0}.",
		"order.height_missing":     "Without a height it cannot be said whether to dose on the measured or the adjusted weight.",
		"order.sex_missing":        "The formula of the ideal weight asks for female or male, and gives none here.",
		"order.body":               "Weight and height do not go together: one of them may have been mistaken.",
	}
}
