package auth

import "slices"

// Permission is one thing a viewer may do. Members get theirs from department and role, API keys from their scopes: the same
// words.
type Permission string

// The permissions.
const (
	LeadsRead         Permission = "leads:read"         // leads, contacts, accounts, touches and their timeline
	LeadsWrite        Permission = "leads:write"        // capture, touches, change and assign leads, contacts, accounts
	LeadsImport       Permission = "leads:import"       // upload and import files
	PIIRead           Permission = "pii:read"           // names, addresses, phones and other personal data; without it they read null
	ConsentsWrite     Permission = "consents:write"     // record and withdraw consents
	CampaignsRead     Permission = "campaigns:read"     // campaigns, sources, personas, attributes
	ResourcesRead     Permission = "resources:read"     // resources, and what they do
	ResourcesWrite    Permission = "resources:write"    // create, label, change and retire resources
	CampaignsWrite    Permission = "campaigns:write"    // create and change campaigns and sources
	PersonasWrite     Permission = "personas:write"     // create and change personas
	AttributesWrite   Permission = "attributes:write"   // define custom attributes
	MembersRead       Permission = "members:read"       // the people of the workspace
	MembersWrite      Permission = "members:write"      // add and change members
	AgreementsRead    Permission = "agreements:read"    // the rules that both departments sign, and what they make of leads
	AgreementsWrite   Permission = "agreements:write"   // draft and change rules, submit and withdraw them, back-test and learn models
	AgreementsSign    Permission = "agreements:sign"    // sign rules for the own department
	AgreementsPublish Permission = "agreements:publish" // put signed rules in force
	ReasonsWrite      Permission = "reasons:write"      // say why leads can be rejected, returned, disqualified or lost
	GoalsWrite        Permission = "goals:write"        // set, change and give up goals of the own department
	KeysRead          Permission = "keys:read"          // list API keys (never their secrets)
	KeysWrite         Permission = "keys:write"         // create, rotate and revoke API keys
	WorkspaceWrite    Permission = "workspace:write"    // change the workspace's own settings
)

// Describe says in half a sentence what each permission allows; a viewer's client shows it beside a key's scopes.
var Describe = map[Permission]string{
	LeadsRead:         "read leads, contacts, accounts and touches",
	LeadsWrite:        "capture leads, record touches, change contacts and accounts, assign leads",
	LeadsImport:       "upload and import files of leads",
	PIIRead:           "see names, addresses and phone numbers",
	ConsentsWrite:     "record and withdraw consents",
	CampaignsRead:     "read campaigns, sources, personas and attributes",
	ResourcesRead:     "read resources and what they do",
	ResourcesWrite:    "create, label, change and retire resources",
	CampaignsWrite:    "create and change campaigns and sources",
	PersonasWrite:     "create and change personas",
	AttributesWrite:   "define custom attributes",
	MembersRead:       "see the people of the workspace",
	MembersWrite:      "add and change members",
	AgreementsRead:    "read the rules that both departments sign",
	AgreementsWrite:   "draft rules, submit them, back-test and learn scoring models",
	AgreementsSign:    "sign rules for the own department",
	AgreementsPublish: "put signed rules in force",
	ReasonsWrite:      "create and change reasons",
	GoalsWrite:        "set, change and give up goals",
	KeysRead:          "list API keys",
	KeysWrite:         "create, rotate and revoke API keys",
	WorkspaceWrite:    "change the workspace's settings",
}

// All is every permission, sorted.
func All() []Permission {
	all := make([]Permission, 0, len(Describe))
	for p := range Describe {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// readers is what everybody in the house may read.
var readers = []Permission{LeadsRead, PIIRead, CampaignsRead, ResourcesRead, MembersRead, AgreementsRead}

// outline is the job outline: what each post may do beyond reading. The departments differ in what is their craft: marketing
// makes campaigns, resources, personas and files of leads; sales enters its own leads and touches.
var outline = map[Department]map[Role][]Permission{
	Marketing: {
		Director: {LeadsWrite, LeadsImport, ConsentsWrite, CampaignsWrite, ResourcesWrite, PersonasWrite, AttributesWrite, KeysRead, AgreementsWrite, AgreementsSign, AgreementsPublish, ReasonsWrite, GoalsWrite},
		Manager:  {LeadsWrite, LeadsImport, ConsentsWrite, CampaignsWrite, ResourcesWrite, PersonasWrite, AttributesWrite, AgreementsWrite, ReasonsWrite, GoalsWrite},
		Worker:   {LeadsWrite, LeadsImport, ConsentsWrite, CampaignsWrite, ResourcesWrite},
		Analyst:  {},
	},
	Sales: {
		Director: {LeadsWrite, LeadsImport, ConsentsWrite, PersonasWrite, AttributesWrite, KeysRead, AgreementsWrite, AgreementsSign, AgreementsPublish, ReasonsWrite, GoalsWrite},
		Manager:  {LeadsWrite, LeadsImport, ConsentsWrite, AgreementsWrite, ReasonsWrite, GoalsWrite},
		Worker:   {LeadsWrite, ConsentsWrite},
		Analyst:  {},
	},
}

// admin is what the flag for running the workspace adds to any post.
var admin = []Permission{AttributesWrite, CampaignsWrite, ResourcesWrite, MembersWrite, KeysRead, KeysWrite, WorkspaceWrite, ReasonsWrite, GoalsWrite}

// Of is what a member of this post may do, sorted.
func Of(d Department, r Role, isAdmin bool) []Permission {
	all := append(slices.Clone(readers), outline[d][r]...)
	if isAdmin {
		all = append(all, admin...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
