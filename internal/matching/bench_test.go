package matching

import "testing"

func BenchmarkEmail(b *testing.B) {
	for name, raw := range map[string]string{"company": "Jane.Doe@mail.acme-industries.co.uk", "gmail": "jane.doe+news@gmail.com",
		"international": "юзер@екзампл.ком"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Email(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	for name, raw := range map[string]string{"ascii": "Head of Procurement, Northern Region", "accents": "Jörg Müller-Lüdenscheidt, Geschäftsführer"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Text(raw, 200); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKeys(b *testing.B) {
	for name, key := range map[string]func(){
		"name":     func() { NameKey("Jane  Doe") },
		"accents":  func() { NameKey("Jörg Müller") },
		"company":  func() { CompanyKey("Taiwan Semiconductor Manufacturing Co. Ltd.") },
		"domain":   func() { _, _ = Domain("https://www.acme.co.uk/about") },
		"phone":    func() { _, _ = Phone("+49 30 123456", "") },
		"country":  func() { _, _ = Country("United States of America") },
		"zone":     func() { _, _ = TimeZone("Europe/Berlin") },
		"language": func() { _, _ = Language("en-US") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				key()
			}
		})
	}
}
