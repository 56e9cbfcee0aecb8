package app

import (
	"reflect"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// sealAll replaces every personal text in a command by a reference, so that
// the core never sees the text. v is a pointer to the command.
func sealAll(v reflect.Value, seal func(text string) (ident.Detail, string)) error {
	if v.Type() == reflect.TypeFor[journal.Private]() {
		return v.Addr().Interface().(*journal.Private).Seal(seal)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return sealAll(v.Elem(), seal)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if err := sealAll(v.Field(i), seal); err != nil {
				return err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := sealAll(v.Index(i), seal); err != nil {
				return err
			}
		}
	default:
		// Numbers, strings and times hold no personal text.
	}
	return nil
}
