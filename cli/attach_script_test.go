package cli

import (
	"strconv"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// apis are the stand-ins of Vapi's API that scripts have started, by their URL.
var apis sync.Map

// apiCommand is what scripts do with a stand-in of Vapi's API:
//
//	api start                      start one; it is that of $VAPI_BASE_URL and $VAPI_API_KEY from then on
//	api put KIND FILE              add or change the object that FILE holds
//	[!] api at KIND ID [URL]       that object has this server URL, or none
//	api accept current|older|both  take addresses of that shape alone
//	api fail METHOD PATH STATUS    fail requests whose path begins so
//	api mend                       fail no more
func apiCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 1 && args[0] == "start" {
		s := apitest.Start()
		ts.Defer(s.Close)
		apis.Store(s.URL, s)
		ts.Setenv(api.BaseURLVariable, s.URL)
		ts.Setenv(api.KeyVariable, apitest.Key)
		return
	}
	found, ok := apis.Load(ts.Getenv(api.BaseURLVariable))
	if !ok || len(args) == 0 {
		ts.Fatalf("api start comes first")
	}
	s := found.(*apitest.Server)
	shapes := map[string]apitest.Shape{"current": apitest.Current, "older": apitest.Older, "both": apitest.Both}
	switch verb := args[0] + strconv.Itoa(len(args)-1); verb {
	case "put2":
		s.Put(api.Kind(args[1]), ts.ReadFile(args[2]))
	case "at2", "at3":
		want := append(args, "")[3]
		if got := s.ServerURL(api.Kind(args[1]), args[2]); (got == want) == neg {
			ts.Fatalf("the server URL of %s %s is %q", args[1], args[2], got)
		}
	case "accept1":
		s.Accept(shapes[args[1]])
	case "fail3":
		status, err := strconv.Atoi(args[3])
		ts.Check(err)
		s.Fail(apitest.Failure{Method: args[1], Path: args[2], Status: status})
	case "mend0":
		s.Mend()
	default:
		ts.Fatalf("unknown: api %v", args)
	}
}
