package matching

import "strings"

// plusProviders are the domains of providers known to deliver jane+anything to jane: first part of the domain -> what may
// follow. Elsewhere a plus is a letter like any other, and so are dots everywhere but at Google.
var plusProviders = map[string]string{
	// Microsoft
	"hotmail": " at be ca ch cl co.id co.il co.jp co.nz co.th co.uk co.za com com.ar com.au com.br com.gr com.mx com.pe com.tr com.vn cz" +
		" de dk es fi fr gr hu id ie in it jp kr lv my nl no ph pt sa se sg sk ",
	"live": " at be ca cl cn co.kr co.uk co.za com com.ar com.au com.mx com.my com.ph com.pt com.sg de dk fi fr hk ie in it jp nl no" +
		" ru se ",
	"outlook": " at be cl co.id co.il co.nz co.th com com.ar com.au com.br com.gr com.pe com.tr com.vn cz de dk es fr hu id ie in it jp kr" +
		" lv my ph pt sa sg sk ",
	"msn":         " com ",
	"windowslive": " com ",
	"passport":    " com ",
	// Apple
	"icloud": " com ",
	"me":     " com ",
	"mac":    " com ",
	// Proton
	"proton":     " me ",
	"protonmail": " com ch ",
	"pm":         " me ",
	// Fastmail
	"fastmail": " cn co.uk com com.au de es fm fr im in jp mx net nl org se to tw uk us ",
	"sent":     " as at com ",
	"pobox":    " com ",
	// Yandex
	"yandex": " by com com.tr kz ru ua uz ",
	"ya":     " ru ",
	// Zoho, mailbox.org, Posteo, Runbox
	"zoho":     " com eu in ",
	"zohomail": " com eu in ",
	"mailbox":  " org ",
	"posteo":   " at be ch de dk es eu net no org us ",
	"runbox":   " com ",
}

// mailboxOf is the mailbox that a folded local part reaches at a domain, as far as the provider's rules are known.
func mailboxOf(local, domain string) (mailbox, at string) {
	if local[0] == '"' {
		return local, domain
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		return strings.ReplaceAll(cutPlus(local), ".", ""), "gmail.com"
	}
	name, rest, _ := strings.Cut(domain, ".")
	if endings, ok := plusProviders[name]; ok && strings.Contains(endings, " "+rest+" ") {
		return cutPlus(local), domain
	}
	return local, domain
}

// cutPlus drops the tag behind a plus; a plus in front tags nothing.
func cutPlus(local string) string {
	if i := strings.IndexByte(local, '+'); i > 0 {
		return local[:i]
	}
	return local
}
