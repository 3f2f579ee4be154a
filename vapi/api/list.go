package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"vapitap/internal/jsonpath"
)

// Lists come in pages: Vapi gives 100 objects where nothing is asked for, and
// 1,000 at most.
const (
	pageSize = 1000
	maxPages = 20
)

// List returns all objects of a kind that the key can see, each a JSON object as
// the API wrote it, 20,000 at most.
func (c *Client) List(ctx context.Context, kind Kind) ([][]byte, error) {
	var all [][]byte
	seen := map[string]bool{}
	before := ""
	for range maxPages {
		page, err := c.page(ctx, kind, before)
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, object := range page {
			id := text(object, "id")
			if seen[id] && id != "" {
				continue
			}
			seen[id] = true
			fresh++
			all = append(all, object)
			// Times are written alike, in UTC with milliseconds, so that their order
			// is that of their text.
			if created := text(object, "createdAt"); created != "" && (before == "" || created < before) {
				before = created
			}
		}
		if len(page) < pageSize || fresh == 0 || before == "" {
			break
		}
	}
	return all, nil
}

// page returns the newest objects, or those that are no newer than a time.
func (c *Client) page(ctx context.Context, kind Kind, noNewerThan string) ([][]byte, error) {
	query := url.Values{"limit": {fmt.Sprint(pageSize)}}
	if noNewerThan != "" {
		query.Set("createdAtLe", noNewerThan)
	}
	path := "/" + string(kind)
	body, err := c.ask(ctx, http.MethodGet, path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, c.strange(http.MethodGet, path, "it is no JSON array")
	}
	objects := make([][]byte, 0, len(list))
	for _, object := range list {
		if len(object) > 0 && object[0] == '{' {
			objects = append(objects, object)
		}
	}
	return objects, nil
}

// text returns a member of an object that is a string, "" where it is none.
func text(object []byte, name string) string {
	s, _ := jsonpath.Unquote(jsonpath.Member(object, name))
	return s
}
