package vapi

import (
	"slices"

	"vapitap/internal/jsonpath"
)

// WithMeantPath returns the error of Set for p in body, with the path that was
// meant where a piece was left out of it: the beginning, as in arguments.city, or
// what belongs where the path stopped, as in message.arguments.city. Of those
// that would do the shortest is told, but before all one into toolCallList: the
// other lists are kept in step with it. An error that suggests something already,
// or has another cause, stays as it is.
//
// It is apart from Set because it takes longer: it searches the body.
func WithMeantPath(err error, body []byte, p jsonpath.Path) error {
	missing, ok := err.(*jsonpath.NotFoundError)
	if !ok {
		return err
	}
	led := p[:len(missing.Path)-1]
	there, wrong := jsonpath.Get(body, led)
	if wrong != nil {
		return err
	}
	endings := jsonpath.EndingIn(there, p[len(led):])
	if len(endings) == 0 {
		return err
	}
	for i, ending := range endings {
		endings[i] = slices.Concat(led, ending)
	}
	inList := slices.IndexFunc(endings, func(path jsonpath.Path) bool {
		at, ok := toolCallPathOf(path)
		return ok && at.call[1].Key == callList
	})
	missing.Meant = endings[max(inList, 0)]
	return err
}
