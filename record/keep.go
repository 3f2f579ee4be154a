package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Keep is how much of what was recorded is kept. The zero value keeps all of
// it.
type Keep struct {
	Age  time.Duration // exchanges older than this go; 0 means none is too old
	Size int64         // bytes of the store beyond which the oldest exchanges go; 0 means no limit
}

// DefaultKeep is how much is kept in a store where nobody has set it.
var DefaultKeep = Keep{Age: 7 * 24 * time.Hour, Size: 1 << 30}

// keepForever is how the zero Keep is written.
const keepForever = "forever"

// ParseKeep reads an age, a size, or both with a comma between them, in either
// order: 7d,1GiB or 7d or 1GiB. The word forever is no limit. What could be
// both an age and a size, such as 10m, is refused, because guessing wrong would
// remove what was to be kept.
func ParseKeep(s string) (Keep, error) {
	if strings.EqualFold(strings.TrimSpace(s), keepForever) {
		return Keep{}, nil
	}
	var k Keep
	for part := range strings.SplitSeq(s, ",") {
		if err := k.limit(strings.TrimSpace(part)); err != nil {
			return Keep{}, fmt.Errorf("%s: %w", quoteShort(s), err)
		}
	}
	return k, nil
}

// limit sets the one limit that part names.
func (k *Keep) limit(part string) error {
	age, noAge := ParseDuration(part)
	size, noSize := ParseSize(part)
	switch number, unit := cutNumber(part); {
	case part == "", noAge != nil && noSize != nil:
		return errors.New("write an age and a size such as 7d,1GiB, one of them, or forever")
	case noAge != nil && size == 0, noSize != nil && age == 0, noAge == nil && noSize == nil && number != "" && unit == "":
		return errors.New("that would keep nothing; write forever for no limit")
	case noAge == nil && noSize == nil:
		return fmt.Errorf("%s could be minutes or megabytes; write %[2]sm0s or %[2]sMB", quotable(part), quotable(number))
	case noAge == nil && k.Age != 0:
		return errors.New("it has two ages")
	case noSize == nil && k.Size != 0:
		return errors.New("it has two sizes")
	case noAge == nil:
		k.Age = age
	case unit == "" && size < 1000:
		return fmt.Errorf("a number alone is bytes; write %sd for days", number)
	default:
		k.Size = size
	}
	return nil
}

// String returns the text that ParseKeep reads as k.
func (k Keep) String() string {
	var parts []string
	if k.Age != 0 {
		age := FormatDuration(k.Age)
		if _, err := ParseSize(age); err == nil {
			age += "0s" // 10m0s, because 10m could be megabytes
		}
		parts = append(parts, age)
	}
	if k.Size != 0 {
		size := FormatSize(k.Size)
		if _, unit := cutNumber(size); unit == "" {
			size += "B" // 500 alone could be days
		}
		parts = append(parts, size)
	}
	if len(parts) == 0 {
		return keepForever
	}
	return strings.Join(parts, ",")
}

// write sets k in a store, among its counters: the age in nanoseconds and the
// size in bytes.
func (k Keep) write(ctx context.Context, q execer) error {
	_, err := q.ExecContext(ctx, "REPLACE INTO counter (name, n) VALUES ('keep age', ?), ('keep size', ?)", int64(k.Age), k.Size)
	return err
}

// readKeep returns what is set in a store, DefaultKeep where nothing is.
func readKeep(ctx context.Context, q querier) (Keep, error) {
	var age, size sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT (SELECT n FROM counter WHERE name = 'keep age'),
		(SELECT n FROM counter WHERE name = 'keep size')`).Scan(&age, &size)
	if err != nil || !age.Valid || !size.Valid {
		return DefaultKeep, err
	}
	return Keep{Age: time.Duration(age.Int64), Size: size.Int64}, nil
}
