// Package junit writes the results of checks as the XML that continuous
// integration reads: JUnit's, in the form that Jenkins, GitLab and GitHub's
// actions all take.
//
// It knows suites, cases and the format. What a case is, and when it failed, is
// up to those who have them.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Suite is a group of cases that were run together.
type Suite struct {
	Name    string
	Started time.Time // left out where it is zero
	Cases   []Case
}

// Case is one thing that was checked.
type Case struct {
	Name     string
	Class    string // what the case belongs to; readers group by it
	Duration time.Duration
	Failure  *Failure // nil for a case that passed
	Output   string   // what else there is to read about it; empty for nothing
}

// Failure is why a case did not pass.
type Failure struct {
	Type    string // such as the code of a check
	Message string // one line
	Text    string // all there is to say
}

type suitesXML struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Time     string     `xml:"time,attr"`
	Suites   []suiteXML `xml:"testsuite"`
}

type suiteXML struct {
	Name      string    `xml:"name,attr"`
	Tests     int       `xml:"tests,attr"`
	Failures  int       `xml:"failures,attr"`
	Errors    int       `xml:"errors,attr"`
	Skipped   int       `xml:"skipped,attr"`
	Time      string    `xml:"time,attr"`
	Timestamp string    `xml:"timestamp,attr,omitempty"`
	Cases     []caseXML `xml:"testcase"`
}

type caseXML struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	Time    string      `xml:"time,attr"`
	Failure *failureXML `xml:"failure"`
	Output  string      `xml:"system-out,omitempty"`
}

type failureXML struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes the suites as one document called name. Characters that XML has
// no place for are replaced. The error is w's.
func Write(w io.Writer, name string, suites []Suite) error {
	all := suitesXML{Name: clean(name)}
	var total time.Duration
	for _, s := range suites {
		suite, took := s.xml()
		all.Suites = append(all.Suites, suite)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		total += took
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// WriteFile writes the suites to a file, in place of what it held.
func WriteFile(path, name string, suites []Suite) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := Write(f, name, suites); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}

func (s Suite) xml() (suite suiteXML, took time.Duration) {
	suite = suiteXML{Name: clean(s.Name), Tests: len(s.Cases)}
	if !s.Started.IsZero() {
		suite.Timestamp = s.Started.UTC().Format("2006-01-02T15:04:05")
	}
	for _, c := range s.Cases {
		took += c.Duration
		one := caseXML{Name: clean(c.Name), Class: clean(c.Class), Time: seconds(c.Duration), Output: clean(c.Output)}
		if c.Failure != nil {
			suite.Failures++
			one.Failure = &failureXML{clean(c.Failure.Type), clean(c.Failure.Message), clean(c.Failure.Text)}
		}
		suite.Cases = append(suite.Cases, one)
	}
	suite.Time = seconds(took)
	return suite, took
}

// seconds is how JUnit writes a duration.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// clean returns text with U+FFFD in place of what XML 1.0 does not allow, which
// encoding/xml would write in attributes and refuse nowhere.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', 0x20 <= r && r <= 0xD7FF, 0xE000 <= r && r <= 0xFFFD, 0x10000 <= r && r <= utf8.MaxRune:
			return r
		}
		return utf8.RuneError
	}, text)
}
