package simmon

import (
	"bytes"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Identity is what the virtual monitor says of itself.
type Identity struct {
	Chair ident.Chair
	// PatientID is sent in PID-3; empty sends an unknown patient.
	PatientID string
}

// EUI64 is the monitor's device id: locally administered, so that it can
// never be a real device's.
func (i Identity) EUI64() string { return fmt.Sprintf("020000FFFE57%04X", int(i.Chair)) }

type metric struct {
	code, name, unit, site string
}

const (
	perMinute = "264864^MDC_DIM_BEAT_PER_MIN^MDC"
	breaths   = "264928^MDC_DIM_RESP_PER_MIN^MDC"
	percent   = "262688^MDC_DIM_PERCENT^MDC"
	mmHg      = "266016^MDC_DIM_MMHG^MDC"
	celsius   = "268192^MDC_DIM_DEGC^MDC"
)

func metricOf(k vital.Kind) (metric, bool) {
	switch k {
	case vital.HR:
		return metric{"147842", "MDC_ECG_HEART_RATE", perMinute, "1.1.1.1"}, true
	case vital.SpO2:
		return metric{"150456", "MDC_PULS_OXIM_SAT_O2", percent, "1.2.1.1"}, true
	case vital.Pulse:
		return metric{"149530", "MDC_PULS_OXIM_PULS_RATE", perMinute, "1.2.1.2"}, true
	case vital.NIBPSys:
		return metric{"150021", "MDC_PRESS_BLD_NONINV_SYS", mmHg, "1.3.1.1"}, true
	case vital.NIBPDia:
		return metric{"150022", "MDC_PRESS_BLD_NONINV_DIA", mmHg, "1.3.1.2"}, true
	case vital.NIBPMean:
		return metric{"150023", "MDC_PRESS_BLD_NONINV_MEAN", mmHg, "1.3.1.3"}, true
	case vital.RR:
		return metric{"151562", "MDC_RESP_RATE", breaths, "1.4.1.1"}, true
	case vital.ARTSys:
		return metric{"150033", "MDC_PRESS_BLD_ART_SYS", mmHg, "1.5.1.1"}, true
	case vital.ARTDia:
		return metric{"150034", "MDC_PRESS_BLD_ART_DIA", mmHg, "1.5.1.2"}, true
	case vital.ARTMean:
		return metric{"150035", "MDC_PRESS_BLD_ART_MEAN", mmHg, "1.5.1.3"}, true
	case vital.EtCO2:
		return metric{"151708", "MDC_CONC_AWAY_CO2_ET", mmHg, "1.6.1.1"}, true
	case vital.Temp:
		return metric{"150344", "MDC_TEMP", celsius, "1.7.1.1"}, true
	}
	return metric{}, false
}

const stamp = "20060102150405.000-0700"

// Message is one PCD-01 ORU^R01 with the numerics, unframed, marked T and DEMO.
func Message(id Identity, control string, at time.Time, numerics []Numeric) []byte {
	var b bytes.Buffer
	eui := id.EUI64()
	now := at.Format(stamp)
	fmt.Fprintf(&b, "MSH|^~\\&|STILLWATCH_SIM^%s^EUI-64|SIM|STILLWATCH|CLINIC|%s||ORU^R01^ORU_R01|%s|T|2.6|||NE|AL||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r", eui, now, control)
	patient := "Unknown^^^^U"
	if id.PatientID != "" {
		patient = id.PatientID + "^^^CLINIC^MR"
	}
	fmt.Fprintf(&b, "PID|||%s\rPV1||O|INF^CHAIR^%d\r", patient, id.Chair)
	fmt.Fprintf(&b, "OBR|1||%s^SIM^%s^EUI-64|182777000^monitoring of patient^SCT|||%s\r", control, eui, now)
	fmt.Fprintf(&b, "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||%s||||%s^^%s^EUI-64\r", now, eui, eui)
	n := 1
	for _, v := range numerics {
		m, ok := metricOf(v.Kind)
		if !ok {
			continue
		}
		n++
		flags := "DEMO"
		if v.Questionable {
			flags = "DEMO~QUES"
		}
		fmt.Fprintf(&b, "OBX|%d|NM|%s^%s^MDC|%s|%s|%s||%s|||R|||%s\r", n, m.code, m.name, m.site, v.Kind.Text(v.Value), m.unit, flags, v.At.Format(stamp))
	}
	return b.Bytes()
}
