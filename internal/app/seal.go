package app

import (
	"reflect"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// sealed takes personal text out of a command into detail rows.
func sealed[C any](a *App, cmd C) (C, []journal.Detail, error) {
	var details []journal.Detail
	v := reflect.New(reflect.TypeOf(cmd))
	v.Elem().Set(reflect.ValueOf(cmd))
	err := sealAll(v, func(text string) (ident.Detail, string) {
		d := a.detail(text)
		details = append(details, d)
		return d.ID, d.Hash()
	})
	if err != nil {
		return cmd, nil, err
	}
	return v.Elem().Interface().(C), details, nil
}

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
