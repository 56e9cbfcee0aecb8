package word

var english = map[ID]string{}
