package act

// The table is filled with the acts of the record packages; see table_session.go.
var table = map[Act]need{}
