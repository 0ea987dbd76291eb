package matching

import "strings"

// formKind says how a legal form behaves next to another.
type formKind int

const (
	strongForm   formKind = iota + 1 // a form wherever it ends a name: Ltd
	weakForm                         // a form at the very end only: Co
	compoundForm                     // several words that are one form together: Pty Ltd
)

// longestForm is the greatest number of words in which a form is looked for: S. A. de C. V. has five.
const longestForm = 6

// legalForms maps forms, plain and without blanks, to their kind. Two-letter words that are more often something else (UK,
// AT, OK) are left out although they are forms somewhere.
var legalForms = formTable(
	// strong
	`ltd limited ltda lda ltee plc inc incorporated llc pllc lllp llp lp pc unltd ultd unlimited
	gmbh ggmbh mbh ug ag kg kgaa ohg og gbr ev eg ek eu partg partgmbb gesbr stg se
	sa sas sasu sarl eurl snc scs sca scop sep gie sicav fcp eirl scrl scpa sprl srl srls spa sapa ss sagl cvba cvoa bvba vzw asbl vof bv nv cv commv esv
	sab sapi sl slu sll slne sccl scoop sgr saa sac cxa ca crl sgps eireli
	ab hb kb asa as ans da ba nuf iks aps amba fmba smba ivs a/s i/s k/s p/s g/s ks ky ay oy oyj tmi tapui hf ehf ohf ses sf
	spzoo spj spk spp sk ska sc spolkaakcyjna aktiengesellschaft gesellschaftmbh
	sro vos as akcspol komspol doo dooel jdoo dd dno jtd ad ead adsitz ood eood et kd kda sd od obrt kft kht kkt bt zrt nyrt rt
	ou osauhing fie uab mb ij sia ik ooo oao zao pao ojsc pjsc jsc cjsc aat tov tdv vat zat fop ооо оао зао пао ао тов пп ип
	ae ee epe mepe oe ovee ike ασ αε επε sal sae saog saoc bm wll fze fzc fzco fzllc
	bhd tbk pt kk gk yk mchj qmj aj oaj yoaj xxk gte ent cic cio coop koop bpk soe nl shpk sha`,
	// weak
	`co;corp;corporation;company;pty;pte;private;pvt;cie;& co;& company;and company;and co;& cie;et cie;und co`,
	// compound
	`pty ltd;pty limited by guarantee;pvt ltd;pvt limited;private limited;pte ltd;
	pte limited;sm pte ltd;plc ltd;sdn bhd;ab ltd;oy ab;oy ltd;as oy;co ltd by shares;
	gmbh & co kg;gmbh & co ohg;gmbh & co kgaa;ag & co kg;ag & co kgaa;se & co kg;se & co kgaa;mbh & co kg;ug & co kg;
	ug haftungsbeschränkt;ug haftungsbeschrankt;ug haftungsbeschraenkt;gesellschaft mit beschränkter haftung;
	sa de cv;sab de cv;sapi de cv;s de rl;s de rl de cv;s en c;s en nc;sc de rl;sc de rl de cv;c por a;soc col;
	s a rl;sa rl;sp z oo;sp z oo sp k;spolka z oo;społka z oo;spolka z ograniczona odpowiedzialnoscia;społka z ograniczona odpowiedzialnoscia;
	spolka akcyjna;społka akcyjna;spol s ro;a spol;akc spol;kom spol;ver obch spol;public limited company;limited liability company;
	limited partnership;société anonyme;soc an`)

// prefixForms stand before the name in their countries: Oy Hello World Ab, PT Astra, ООО Ромашка.
var prefixForms = wordSet(`oy oyj ab pt ooo oao zao pao uab sia ооо оао зао пао тов`)

// anywhereForms mean nothing else in any language, so they go from the middle of a name as well.
var anywhereForms = wordSet(`oy oyj gmbh ooo ооо`)

func formTable(strong, weak, compounds string) map[string]formKind {
	forms := make(map[string]formKind, 512)
	for w := range strings.FieldsSeq(strong) {
		forms[w] = strongForm
	}
	for f := range strings.SplitSeq(weak, ";") {
		forms[joined(f)] = weakForm
	}
	for f := range strings.SplitSeq(compounds, ";") {
		forms[joined(f)] = compoundForm
	}
	return forms
}

// joined is a form of several words as formAtEnd looks it up.
func joined(form string) string {
	var key strings.Builder
	for w := range strings.FieldsSeq(form) {
		key.WriteString(plainWord(w))
	}
	return key.String()
}

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
