// Package attach points assistants, phone numbers and tools of Vapi's at a
// public URL, and puts them back.
//
// Only the server URL of an object changes: the rest of its server (credentialId,
// headers, timeoutSeconds, what is not known here) is sent back as it was read, in
// the shape that was read. Before a change there is an entry in the journal, on
// disk; an old value is put back only while the value that is found is ours.
//
// The journal is a folder with one file an attachment, each a JSON object:
//
//	kind, object        what is attached: assistant, phone-number or tool, and its id
//	name, number        what it is called
//	api                 the API that was asked, such as https://api.vapi.ai
//	ours                the URLs that were written: a value that is none of them is somebody else's
//	fields              what to put back: [{"path","was"}], path one of server.url, server (there was
//	                    no server before), serverUrl, serverUrlSecret; no "was" where there was nothing
//	found               the URL that stood there, where that was another vapitap's; was is then the original
//	owner               the process that attached it, whose lock file is OWNER.lock; none for vapitap attach
//	time                when
//
// How a URL comes about belongs to package tunnel, how the API is asked to
// package api, and questions to a person to package cli.
package attach
