package scorecard

// PersonaDefinition says what the numbers of a persona count.
const PersonaDefinition = "A lead counts for the persona that it has now. Leads count by the instant of their capture, and among these those that became QUALIFIED and those that sales accepted before the period's end. " +
	"Won and lost are leads by the first time that they were, whenever they were captured. The qualification rate is qualified / leads, the win rate won / (won + lost)."
