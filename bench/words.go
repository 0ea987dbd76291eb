package main

// The words that names, titles and subjects are made of.
var (
	givenNames = []string{"Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kavya", "Liam", "Mara", "Noah", "Olga", "Pedro",
		"Quinn", "Rosa", "Samir", "Tess", "Uma", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoë", "Aiko", "Bruno", "Chloé", "Dmitri", "Emre", "Freya"}
	familyNames = []string{"Adler", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Hansen", "Ivanov", "Jansen", "Kowalski", "López", "Müller", "Novak",
		"Okafor", "Petrov", "Quispe", "Rossi", "Schmidt", "Tanaka", "Ueda", "Vasquez", "Weber", "Xu", "Yilmaz", "Zimmer", "Andersen", "Brown", "Chen", "Davis", "Evans",
		"Fraser", "Gupta", "Hughes", "Iyer", "Johnson", "Kim", "Lindqvist", "Moreau", "Nguyen"}
	companyFirst = []string{"Alder", "Birch", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Juniper", "Keystone", "Lumen", "Meridian", "North",
		"Orchard", "Pioneer", "Quartz", "Raven", "Summit", "Tidal", "Umbra", "Vertex", "Willow", "Yonder", "Zenith", "Amber", "Beacon", "Cedar", "Drift", "Echo",
		"Forge", "Glacier", "Hollow", "Iron", "Jade", "Kestrel", "Lark", "Maple", "Nimbus", "Opal"}
	companySecond = []string{"Bridge", "Field", "Gate", "Hill", "Lake", "Line", "Mark", "Peak", "Point", "Ridge", "River", "Rock", "Shore", "Stone", "Stream", "Tower",
		"Vale", "View", "Ware", "Well", "Wood", "Works", "Yard", "Crest", "Grove", "Haven", "Loop", "Path", "Port", "Spring"}
	companyThird = []string{"Analytics", "Automotive", "Biotech", "Capital", "Consulting", "Dental", "Energy", "Foods", "Freight", "Health", "Hotels", "Insurance",
		"Labs", "Logistics", "Media", "Metals", "Packaging", "Retail", "Robotics", "Software"}
	industries    = []string{"Software", "Manufacturing", "Health care", "Financial services", "Retail", "Logistics", "Energy", "Education", "Media", "Professional services"}
	functions     = []string{"Marketing", "Sales", "IT", "Operations", "Finance", "Engineering", "Procurement", "Human Resources"}
	seniorities   = []string{"C-Level", "VP", "Director", "Manager", "Senior", "Entry"}
	freeProviders = []string{"gmail.com", "outlook.com", "yahoo.com", "gmx.de", "icloud.com"}
	queues        = []string{"marketing", "marketing-emea", "sales-emea", "sales-amer", "sales-apac"}
	tiers         = []string{"A", "B", "C"}
	interests     = []string{"Wants to replace a spreadsheet before the next quarter.", "Asked for a price for 40 seats.", "Compares us with two others.",
		"Needs single sign-on and an audit log.", "Looks for a pilot with one team.", "Read the guide and asked for a call.", "Renewal of the present tool is in spring."}
	subjects = []string{"Pricing page", "Quarterly newsletter", "Webinar: From list to pipeline", "Guide to lead routing", "Intro call", "Follow-up on the demo",
		"Security questionnaire", "Trial started", "Case study: Harbor Gate Logistics", "Re: next steps", "Booth visit", "Survey after the webinar"}
)

// place is where people and companies are.
type place struct{ country, city, language, zone, dial string }

var places = []place{
	{"US", "Austin", "en", "America/Chicago", "+1512"}, {"US", "New York", "en", "America/New_York", "+1212"}, {"US", "San Francisco", "en", "America/Los_Angeles", "+1415"},
	{"GB", "London", "en", "Europe/London", "+4420"}, {"DE", "Berlin", "de", "Europe/Berlin", "+4930"}, {"DE", "München", "de", "Europe/Berlin", "+4989"},
	{"FR", "Paris", "fr", "Europe/Paris", "+331"}, {"ES", "Madrid", "es", "Europe/Madrid", "+3491"}, {"NL", "Utrecht", "nl", "Europe/Amsterdam", "+3130"},
	{"SE", "Göteborg", "sv", "Europe/Stockholm", "+4631"}, {"PL", "Kraków", "pl", "Europe/Warsaw", "+4812"}, {"IN", "Bengaluru", "en", "Asia/Kolkata", "+9180"},
	{"JP", "Osaka", "ja", "Asia/Tokyo", "+816"}, {"BR", "São Paulo", "pt", "America/Sao_Paulo", "+5511"}, {"AU", "Sydney", "en", "Australia/Sydney", "+612"},
}
