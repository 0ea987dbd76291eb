package matching

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// Number is a telephone number that can be dialled.
type Number struct {
	Key       string // E.164, without the extension: +4930123456
	Region    string // ISO 3166-1 alpha-2; empty for numbers of no country, such as +800
	Type      LineType
	Extension string // digits to dial after the call is answered; two people may share the rest
}

// LineType says what answers at a number, as far as its digits tell.
type LineType string

// The types of line.
const (
	LineFixed         LineType = "FIXED_LINE"
	LineMobile        LineType = "MOBILE"
	LineFixedOrMobile LineType = "FIXED_LINE_OR_MOBILE" // North America does not tell them apart
	LineTollFree      LineType = "TOLL_FREE"
	LinePremiumRate   LineType = "PREMIUM_RATE"
	LineSharedCost    LineType = "SHARED_COST"
	LineVoIP          LineType = "VOIP"
	LinePersonal      LineType = "PERSONAL_NUMBER"
	LinePager         LineType = "PAGER"
	LineUAN           LineType = "UAN" // one number for a whole company
	LineVoicemail     LineType = "VOICEMAIL"
	LineUnknown       LineType = "UNKNOWN"
)

var lineTypes = map[phonenumbers.PhoneNumberType]LineType{
	phonenumbers.FIXED_LINE: LineFixed, phonenumbers.MOBILE: LineMobile, phonenumbers.FIXED_LINE_OR_MOBILE: LineFixedOrMobile,
	phonenumbers.TOLL_FREE: LineTollFree, phonenumbers.PREMIUM_RATE: LinePremiumRate, phonenumbers.SHARED_COST: LineSharedCost,
	phonenumbers.VOIP: LineVoIP, phonenumbers.PERSONAL_NUMBER: LinePersonal, phonenumbers.PAGER: LinePager,
	phonenumbers.UAN: LineUAN, phonenumbers.VOICEMAIL: LineVoicemail, phonenumbers.UNKNOWN: LineUnknown,
}

// worldwide is how the library calls the region of numbers that belong to no country.
const worldwide = "001"

// Phone reads a number as people write it. Without a country code it is one of the default region (ISO 3166-1 alpha-2); with
// an empty default region only international numbers are understood. Numbers that no plan assigns are refused. Invisible
// characters, which come along when a number is copied, make no difference.
func Phone(raw, defaultRegion string) (Number, error) {
	if strings.TrimSpace(raw) == "" {
		return Number{}, refuse("Give a phone number such as +49 30 123456.")
	}
	if len(raw) > 250 || !utf8.ValidString(raw) {
		return Number{}, refuse("The phone number is no number: write it as in +49 30 123456.")
	}
	n, err := phonenumbers.Parse(collapse(raw), strings.ToUpper(defaultRegion))
	if err != nil {
		return Number{}, refusePhone(err)
	}
	if !phonenumbers.IsValidNumber(n) {
		return Number{}, refuse("The phone number does not exist in the country's plan: check its digits.")
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if region == worldwide {
		region = ""
	}
	return Number{
		Key:       phonenumbers.Format(n, phonenumbers.E164),
		Region:    region,
		Type:      lineTypes[phonenumbers.GetNumberType(n)],
		Extension: n.GetExtension(),
	}, nil
}

func refusePhone(err error) error {
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return refuse("The phone number needs a country code, as in +49 30 123456.")
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return refuse("The phone number has too many digits: check it.")
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return refuse("The phone number has too few digits: check it.")
	}
	return refuse("The phone number is no number: write it as in +49 30 123456.")
}
