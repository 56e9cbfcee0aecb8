package word

// englishHouse holds what the decisions of the house say.
func englishHouse() map[ID]string {
	return map[ID]string{
		"credential.expires_soon":    "{0} expires on {1}, days left: {2}",
		"credential.expired":         "{0} expired on {1}",
		"credential.missing":         "no {0} on record",
		"house.time.missing":         "The entry does not say when it was made.",
		"house.time.future":          "The entry claims a time that has not come yet.",
		"house.time.old":             "The entry claims a time more than 24 hours ago.",
		"house.room.name":            "A room has a short name, without odd characters.",
		"house.room.many":            "The clinic has as many rooms as it can have.",
		"house.room.answer":          "Answer once for: {0}.",
		"house.room.unknown":         "The check holds something that is not on the list.",
		"house.room.expiry":          "Give the earliest expiry date for: {0}.",
		"house.room.date":            "The expiry date is not a date, for: {0}.",
		"house.room.no_expiry":       "No expiry date is asked for: {0}.",
		"house.library.changed":      "This is not the library that the server has. Read it again, then sign.",
		"house.library.adopted":      "This library is adopted already.",
		"house.alarms.changed":       "These are not the alarm settings that the server has. Read them again, then sign.",
		"house.test.no_station":      "Only the test of an enrolled station is recorded. Enrol this device as a station under Devices.",
		"house.test.answer":          "Answer once for: {0}.",
		"house.test.unknown":         "The test holds something that is not asked for.",
		"house.signal.high":          "red alarm, ten high pulses",
		"house.signal.medium":        "yellow alarm, three pulses",
		"house.signal.low":           "low alarm, two low pulses",
		"house.signal.lost":          "no connection, three long falling pulses",
		"house.signal.screen_red":    "red screen with its shape",
		"house.signal.screen_yellow": "yellow screen with its shape",
		"house.monitor.odd":          "What is said of a monitor is no news, or does not add up.",
		"house.monitor.silent":       "{0} has been silent since {1}.",
		"house.monitor.clock_off":    "The clock of {0} is off: set it on the monitor.",
		"house.monitor.aside":        "Values of {0} are set aside: look under Devices.",
		"house.drill.odd":            "What the restore drill says of itself does not add up.",
		"house.detail.id":            "This is no row of personal detail.",
		"house.detail.erased":        "This was erased before.",
	}
}
