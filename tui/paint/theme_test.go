package paint

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

func TestGroundOf(t *testing.T) {
	for value, want := range map[string]Ground{
		"": Unknown, "15;0": Dark, "0;15": Light, "0;7": Light, "7;8": Dark, "12;default;15": Light, "15;default": Unknown,
		"15": Unknown, "0;99": Unknown, "0;-1": Unknown, ";": Unknown, "0;default;0": Dark,
	} {
		if got := GroundOf(value); got != want {
			t.Errorf("COLORFGBG=%q is %d, not %d", value, got, want)
		}
	}
}

// contrast is how far two colours are apart, as WCAG 2 has it: 4.5 is what text
// wants.
func contrast(a, b [3]uint8) float64 {
	light := func(c [3]uint8) (sum float64) {
		for i, share := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.03928 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += share * v
		}
		return sum
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}

func TestColoursCanBeRead(t *testing.T) {
	black, white := [3]uint8{}, [3]uint8{255, 255, 255}
	for name, h := range map[string]hue{"accent": accent, "violet": violet, "blue": blue, "red": red, "amber": amber, "green": green, "muted": muted, "faint": faint} {
		for where, behind := range map[string][3]uint8{"black": black, "white": white} {
			if c := contrast(h.either, behind); c < 4 {
				t.Errorf("on an unknown ground %s is %.1f from %s", name, c, where)
			}
		}
		if c := contrast(h.light, white); c < 4.5 {
			t.Errorf("%s is %.1f from white", name, c)
		}
	}
	for name, h := range map[string]hue{"text": text, "muted": muted, "faint": faint} {
		if c := contrast(h.light, cursorLight); c < 4.5 {
			t.Errorf("%s is %.1f from the selected row of a light terminal", name, c)
		}
	}
}

func TestUnknownGroundLeavesTextAsItIs(t *testing.T) {
	theme := NewTheme(Unknown, colorprofile.TrueColor)
	if on := theme.Text.on; on != "" {
		t.Errorf("text begins with %q", on)
	}
	if on := theme.CursorLine.on; on != "" {
		t.Errorf("the selected row has %q behind it", on)
	}
	if strings.Contains(fmt.Sprint(theme.Strong), "38;2") {
		t.Errorf("bold text begins with %q", theme.Strong.on)
	}
}

func TestSelectedTextCanBeRead(t *testing.T) {
	for _, ground := range []Ground{Unknown, Dark, Light} {
		theme := NewTheme(ground, colorprofile.TrueColor)
		want := strings.Replace(theme.Text.on, "\x1b[", "\x1b[7;", 1)
		if ground == Unknown {
			want = "\x1b[7m"
		}
		if theme.Selected.on != want {
			t.Errorf("on ground %d selected text begins with %q, not %q", ground, theme.Selected.on, want)
		}
	}
}
