package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// headerWords are what columns are usually called, as plainWord writes them, by what they say.
var headerWords = []struct{ to, words string }{
	{"externalId", "externalid prospectid leadid contactid personid customerid userid memberid leadnumber contactnumber crmid salesforceid hubspotid"},
	{weakID, "id uuid guid key recordid uniqueid nr no number"},
	{"email", "email emailaddress mail mailaddress emailid workemail businessemail companyemail primaryemail contactemail personalemail email1 emailadresse courriel correo correoelectronico"},
	{"phone", "phone phonenumber phoneno telephone telephonenumber tel mobile mobilephone mobilenumber mobileno cell cellphone workphone businessphone directphone phone1 telefon telefonnummer handy telefono"},
	{"givenName", "firstname givenname forename first fname vorname prenom"},
	{"familyName", "lastname familyname surname last lname nachname apellido apellidos"},
	{"fullName", "fullname contactname leadname personname displayname prospectname"},
	{weakName, "name nombre nom"},
	{"title", "title jobtitle position jobposition jobrole role designation"},
	{"function", "function jobfunction department dept"},
	{"seniority", "seniority senioritylevel managementlevel joblevel"},
	{"country", "country countryname countrycode contactcountry personcountry land pays pais"},
	{"city", "city town cityname contactcity stadt ville ciudad"},
	{"language", "language lang preferredlanguage sprache langue idioma"},
	{"timeZone", "timezone tz"},
	{"interest", "interest interests interestedin productinterest productofinterest"},
	{"campaign", "campaign campaignkey campaigncode campaignname utmcampaign"},
	{"company", "company companyname account accountname organization organisation organizationname organisationname employer firm business businessname firma unternehmen entreprise societe empresa"},
	{"companyDomain", "domain companydomain accountdomain emaildomain webdomain domainname"},
	{"website", "website websiteurl url web webpage homepage companywebsite companyurl site webseite"},
	{"industry", "industry companyindustry sector vertical branche"},
	{"employees", "employees numberofemployees noofemployees numemployees employeecount headcount companysize staff mitarbeiter"},
	{"revenue", "revenue annualrevenue yearlyrevenue companyrevenue turnover umsatz"},
	{"accountCountry", "companycountry accountcountry organizationcountry billingcountry headquarters hqcountry officelocation"},
	{"accountTier", "tier accounttier companytier"},
	{"touch.kind", "lastactivity activity activitytype lastactivitytype touchtype touchkind"},
	{"touch.channel", "channel touchchannel marketingchannel"},
	{"touch.occurredAt", "lastactivitydate lastactivityat lastactivitytime activitydate activityat activitytime occurredat touchdate touchedat"},
	{"touch.externalId", "activityid touchid"},
	{"touch.subject", "activitysubject touchsubject"},
	{"consent.email", "emailconsent emailoptin optin consentemail emailpermission"},
	{"consent.phone", "phoneconsent phoneoptin consentphone calloptin"},
	{"deal.externalId", "dealid opportunityid opportunitynumber dealnumber opportunitykey"},
	{"deal.name", "dealname opportunityname deal opportunity"},
	{"deal.amount", "closevalue dealvalue dealamount opportunityvalue opportunityamount contractvalue amount"},
	{"deal.currency", "currency currencycode currencyisocode dealcurrency opportunitycurrency"},
	{"deal.owner", "salesagent dealowner opportunityowner salesrep accountexecutive salesperson"},
	{"deal.reason", "lossreason lostreason closedlostreason reasonlost"},
	{"deal.expectedAt", "expectedclose expectedclosedate expectedcloseat"},
	{"openedAt", "openedat opened engagedate created createdat createddate createdate createdon createdtime creationdate datecreated dateadded leadcreated leadcreateddate leaddate erstelltam"},
	{"handedOffAt", "handedoffat handedoff handoffdate handoverdate passedtosales passedtosalesat mqldate mqlat becameamarketingqualifiedleaddate"},
	{"acceptedAt", "acceptedat accepteddate dateaccepted saldate salat becameasalesacceptedleaddate"},
	{"salesQualifiedAt", "salesqualifiedat salesqualifieddate sqldate sqlat becameasalesqualifiedleaddate"},
	{"outcome", "outcome leadoutcome dealoutcome finaloutcome result converted isconverted conversion iswon wonlost status leadstatus dealstatus dealstage stage leadstage opportunitystage"},
	{"closedAt", "closedat closed closedate closeddate closedon dateclosed converteddate convertedat convertedon dateconverted conversiondate outcomedate decidedat"},
	{noEmail, "donotemail emailoptout optout unsubscribed hasoptedoutofemail"},
	{noPhone, "donotcall donotphone phoneoptout calloptout dnc"},
}

// What a header can mean besides a target.
const (
	weakID   = "id of something"
	weakName = "name of something"
	noEmail  = "refusal of e-mail"
	noPhone  = "refusal of calls"
)

// placeholders are words that stand for no value where they appear; a mapping must name them to have them emptied.
var placeholders = []string{"select", "n/a", "#n/a", "-", "--", "null", "nil", "none", "unknown", "undefined", "not available", "not provided"}

// activityWords are what other systems call kinds of touch: the first that is in a value decides.
var activityWords = []struct {
	word string
	kind contact.TouchKind
}{
	{"unsubscribe", contact.KindUnsubscribed}, {"marked spam", contact.KindUnsubscribed}, {"resubscribe", contact.KindOther}, {"bounce", contact.KindEmailBounced},
	{"ad click", contact.KindAdClicked}, {"click", contact.KindEmailClicked}, {"open", contact.KindEmailOpened}, {"repl", contact.KindEmailReplied},
	{"email received", contact.KindEmailReplied}, {"email sent", contact.KindEmailSent}, {"sms", contact.KindMessage}, {"chat", contact.KindChat},
	{"webinar regist", contact.KindWebinarRegistered}, {"webinar", contact.KindWebinarAttended}, {"trade show", contact.KindEventAttended},
	{"tradeshow", contact.KindEventAttended}, {"booth", contact.KindEventAttended}, {"event", contact.KindEventAttended}, {"voicemail", contact.KindVoicemail},
	{"phone", contact.KindCall}, {"call", contact.KindCall}, {"meeting", contact.KindMeeting}, {"demo", contact.KindDemoRequested},
	{"trial", contact.KindTrialStarted}, {"download", contact.KindResourceDownloaded}, {"form", contact.KindFormSubmitted},
	{"search", contact.KindSearchVisit}, {"page", contact.KindPageViewed}, {"website", contact.KindPageViewed}, {"survey", contact.KindSurveyAnswered},
}

// guessKind is the kind of touch that a value means; OTHER where nobody can tell.
func guessKind(value string) contact.TouchKind {
	var kind contact.TouchKind
	if parseWord(value, contact.TouchKinds, &kind) == nil {
		return kind
	}
	value = fold(value)
	for _, a := range activityWords {
		if strings.Contains(value, a.word) {
			return a.kind
		}
	}
	return contact.KindOther
}

// headerMeaning is what a column says by its name; empty where nobody can tell.
func headerMeaning(header string) string {
	word := plainWord(header)
	if word == "" {
		return ""
	}
	for _, h := range headerWords {
		if slices.Contains(strings.Fields(h.words), word) {
			return h.to
		}
	}
	return ""
}

// knownWord tells whether a text is what columns are usually called.
func knownWord(text string) bool { return len(text) <= MaxName && headerMeaning(text) != "" }

// plainWord is a header as letters and digits alone, small and without accents: "E-Mail Address" and "emailAddress" are one.
func plainWord(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, norm.NFD.String(text))
}

// keyOf is a header as the key of a custom attribute.
func keyOf(header string) string {
	var b strings.Builder
	small := false
	for _, c := range norm.NFD.String(header) {
		if unicode.IsUpper(c) && small && b.Len() < 49 {
			b.WriteByte('_') // TotalVisits is two words
		}
		small = unicode.IsLower(c)
		switch c = unicode.ToLower(c); {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case !unicode.Is(unicode.Mn, c) && b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() == 50 {
			break
		}
	}
	key := strings.Trim(b.String(), "_")
	switch {
	case key == "":
		return "key"
	case key[0] <= '9':
		key = "n" + key
	}
	return strings.TrimRight(key[:min(len(key), 50)], "_")
}

// freeKey is keyOf with a number where the key is taken.
func freeKey(header string, taken map[string]bool) string {
	key := keyOf(header)
	for n, base := 2, key; taken[key]; n++ {
		suffix := fmt.Sprintf("_%d", n)
		key = base[:min(len(base), 50-len(suffix))] + suffix
	}
	taken[key] = true
	return key
}

// plausible tells whether a column's values can be a target's; a column without values can.
func plausible(target string, values []string) bool {
	var is func(string) bool
	switch target {
	case "email":
		is = looksLikeEmail
	case "phone", "employees", "revenue":
		is = func(v string) bool { return strings.ContainsAny(v, "0123456789") }
	case "touch.occurredAt":
		is = func(v string) bool { _, bad := parseTime(v); return bad == nil }
	case "touch.kind":
		is = func(v string) bool { return guessKind(v) != contact.KindOther }
	case "touch.channel":
		is = func(v string) bool { return guessChannel(v) != nil }
	case "consent.email", "consent.phone":
		is = func(v string) bool { _, bad := parseConsent(v); return bad == nil }
	case "outcome":
		is = func(v string) bool { return guessOutcome(v, true) != nil }
	case "openedAt", "handedOffAt", "acceptedAt", "salesQualifiedAt", "closedAt", "deal.expectedAt":
		return !slices.ContainsFunc(values, func(v string) bool { _, bad := parseTime(v); return bad != nil })
	case "deal.amount":
		is = func(v string) bool { _, bad := parseMoney(v, nil); return bad == nil }
	default:
		return true
	}
	return len(values) == 0 || slices.ContainsFunc(values, is)
}

// valueMap maps each value once.
func valueMap(values []string, to func(string) *string) []ValueMapping {
	var mapped []ValueMapping
	seen := map[string]bool{}
	for _, v := range values {
		if len(mapped) < maxValues && len(v) <= MaxExcerpt && !seen[fold(v)] {
			seen[fold(v)] = true
			mapped = append(mapped, ValueMapping{From: v, To: to(v)})
		}
	}
	return mapped
}

// refusals maps the words of a column such as Do Not Email: yes withdraws the consent, and no is not a consent yet.
func refusals() []ValueMapping {
	withdrawn := string(contact.ConsentWithdrawn)
	return valueMap(slices.Sorted(maps.Keys(booleans)), func(v string) *string {
		if booleans[v] {
			return &withdrawn
		}
		return nil
	})
}

// kinds maps what other systems call activities; those that are not in the sample become OTHER.
func kinds(values []string) []ValueMapping {
	known := make([]string, 0, len(values)+1)
	for _, v := range values {
		if guessKind(v) != contact.KindOther {
			known = append(known, v)
		}
	}
	return valueMap(append(known, AnyOther), func(v string) *string {
		kind := string(guessKind(v))
		return &kind
	})
}

// channels leaves out what names no channel.
func channels(values []string) []ValueMapping {
	return valueMap(append(slices.Clone(values), AnyOther), guessChannel)
}

// guessChannel is the channel that a value names; nil where it names none.
func guessChannel(value string) *string {
	var channel contact.Channel
	if parseWord(value, contact.Channels, &channel) != nil {
		return nil
	}
	name := string(channel)
	return &name
}
