package states

import (
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

func calm() view.Alarms {
	return view.Alarms{List: []view.Alarm{}, Also: []view.AlarmName{}, Sounds: []view.Sound{}, Calm: "No alarm.", Primary: primary}
}

// alarmed is an infusion with alarms, in the order they are shown.
func alarmed(now time.Time, all ...view.Alarm) view.Chair {
	c := infusing(now)
	c.Alarms.List = all
	for i, a := range all {
		if i > 0 {
			c.Alarms.Also = append(c.Alarms.Also, view.AlarmName{Tone: a.Tone, Text: a.Name})
		}
		if !a.Answered && !a.Over {
			c.Alarms.Sounds = append(c.Alarms.Sounds, view.Sound{Key: "3 " + a.Condition + " 1", Kind: a.Priority})
		}
		kind := map[string]string{"spo2_low": "spo2", "sbp_high": "nibp"}[a.Condition]
		for k := range c.Tiles {
			if t := &c.Tiles[k]; t.Kind == kind && !a.Over {
				t.Tone, t.Mark = a.Tone, map[string]string{"spo2": "low", "nibp": "high"}[kind]
				t.Text = map[string]string{"spo2": "88", "nibp": "171/96"}[kind]
			}
		}
	}
	return c
}

func alarm(now time.Time, condition, name, priority string, since time.Duration) view.Alarm {
	tone, colour := map[string]view.Tone{"high": view.Red, "medium": view.Amber, "low": view.Low}[priority], map[string]string{"high": "Red", "medium": "Yellow", "low": "Low"}[priority]
	seen := fmt.Sprintf(`{"condition":%q,"announcement":1`, condition)
	ack := view.Act{Act: "session.acknowledge-alarm", Label: "Acknowledge", Enabled: true, Body: []byte(seen + "}")}
	a := view.Alarm{
		Condition: condition, Announcement: 1, Priority: priority, Colour: colour, Tone: tone, Name: name,
		SinceMS: ms(now.Add(-since)), Since: clock(now.Add(-since)), State: "A. Okafor RN is called", Opening: "Clinic setting: consider",
		Mark: "trigger default, threshold default, interval default, action default", Acknowledge: &ack,
	}
	for _, n := range []int{2, 5, 10} {
		a.Pauses = append(a.Pauses, view.Act{
			Act: "session.pause-alarm", Label: fmt.Sprintf("Pause %d min", n), Sub: "until " + clock(now.Add(time.Duration(n)*time.Minute)),
			Enabled: true, Planned: true, Body: fmt.Appendf(nil, `%s,"minutes":%d}`, seen, n),
		})
	}
	return a
}

func leads(text, name, label string) view.Advice {
	a := act(name, label)
	return view.Advice{Text: text, Act: &a}
}

func red(now time.Time) view.Alarm {
	a := alarm(now, "spo2_low", "SpO₂ low", "high", 20*time.Second)
	a.Text, a.Brief = "SpO₂ 88 % for 15 s. Limit: below 90 %.", "88 %, limit below 90 %"
	a.Source = "Row AL-SPO2-LOW 1 · OURS, SALLOUM24, ALARM-DELAY"
	a.Advice = []view.Advice{
		{Text: "Speak to the patient and stimulate"},
		{Text: "Reposition the head"},
		{Text: "Give oxygen"},
		leads("Pause the infusion", "pause", "Pause"),
		leads("Stop the infusion", "stop", "Stop"),
	}
	return a
}

func yellow(now time.Time) view.Alarm {
	a := alarm(now, "sbp_high", "Systolic pressure high", "medium", 70*time.Second)
	a.Text, a.Brief = "Systolic pressure 171 mmHg: recheck now. Red: 170 mmHg or more (1.4 times the baseline of 122 mmHg).", "171 mmHg, limit 170 mmHg or more (1.4 times the baseline of 122 mmHg)"
	a.Source = "Row AL-SBP-HIGH 1 · OURS, ED-LOW-DOSE, SPRAVATO, WAN15, MPADSS, CLINICS, ASA-MONITORING, PSYCH-REVIEW"
	a.Advice = []view.Advice{leads("Recheck in 2 to 5 minutes", "observe", "Observation"), {Text: "Do not raise the rate"}}
	return a
}

func low(now time.Time) view.Alarm {
	a := alarm(now, "planned_end", "End of the infusion", "low", 2*time.Minute)
	a.Text = "The planned end is in 8 min."
	a.Brief, a.Source, a.Advice = a.Text, "Row AL-END 1 · OURS", []view.Advice{{Text: "Prepare the end of the infusion"}}
	return a
}

func offline(now time.Time) view.Alarm {
	a := alarm(now, "monitor_offline", "Not monitored: the monitor is silent", "high", 40*time.Second)
	a.Text = "Nothing heard from the monitor for 40 s."
	a.Brief, a.Source, a.State = a.Text, "Row AL-OFFLINE 1 · OURS", "The next person is called"
	a.Advice = []view.Advice{{Text: "Look at the patient and at the bedside monitor"}}
	return a
}

func noReading(now time.Time) view.Alarm {
	a := alarm(now, "no_reading", "No reading", "medium", 40*time.Second)
	a.Text = "No valid reading of Pulse, SpO₂."
	a.Brief, a.Source, a.Advice = a.Text, "Row AL-NO-READING 1 · OURS", []view.Advice{{Text: "Check the sensor"}}
	return a
}

func answered(now time.Time, a view.Alarm) view.Alarm {
	a.Answered, a.Acknowledge, a.State = true, nil, "Acknowledged "+clock(now)+" by A. Okafor RN"
	return a
}

func paused10(now time.Time, a view.Alarm) view.Alarm {
	a = answered(now, a)
	a.Paused, a.State = true, "Paused until "+clock(now.Add(10*time.Minute))+" by A. Okafor RN"
	return a
}

func everyone(a view.Alarm) view.Alarm {
	a.State, a.Pauses = "Everyone is called", nil
	a.Advice = append([]view.Advice{leads("Everyone to the chair", "help", "Call for help")}, a.Advice...)
	return a
}

func over(now time.Time, a view.Alarm) view.Alarm {
	a.Over, a.Pauses, a.State = true, nil, "Over since "+clock(now)+", not acknowledged"
	return a
}

func lockedUp(c view.Chair) view.Chair {
	c.Who = view.Who{Device: "tablet at chair 3", Chair: 3, Locked: true}
	return c
}

func unheard(c view.Chair) view.Chair {
	c.Hearing = view.Hearing{By: []string{}, Text: "No one hears this chair", Nobody: true}
	return c
}

func alarmsOff(now time.Time) view.Chair {
	c := infusing(now)
	c.Hearing = view.Hearing{By: []string{}}
	c.Alarms.Calm, c.Alarms.Off = "Alarms are not switched on here: watch the bedside monitor.", true
	return c
}
