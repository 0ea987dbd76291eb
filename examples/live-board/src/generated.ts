/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AcceptHandoffInput = {
  expectedVersion?: number | null | undefined;
  handoffId: string | number;
  idempotencyKey?: string | null | undefined;
};

export type AttributionModel =
  | 'FIRST'
  | 'FULL_PATH'
  | 'LAST'
  | 'LAST_NON_DIRECT'
  | 'LINEAR'
  | 'MARKOV'
  | 'POSITION'
  | 'SHAPLEY'
  | 'TIME_DECAY'
  | 'W_SHAPED';

export type AttributionOutcome =
  | 'ANSWERED'
  | 'INSUFFICIENT_DATA'
  | 'TOO_MANY_GROUPS'
  | 'TOO_MANY_TOUCHES';

export type Band =
  | 'COOL'
  | 'HOT'
  | 'WARM';

export type Channel =
  | 'CHAT'
  | 'DIRECT'
  | 'DIRECT_MAIL'
  | 'DISPLAY'
  | 'EMAIL'
  | 'EVENT'
  | 'ORGANIC_SEARCH'
  | 'PAID_SEARCH'
  | 'PAID_SOCIAL'
  | 'PARTNER'
  | 'PHONE'
  | 'PRODUCT'
  | 'REFERRAL'
  | 'SMS'
  | 'SOCIAL'
  | 'WEB'
  | 'WEBINAR';

export type CreditDisputeState =
  | 'ANSWERED'
  | 'CLAIMED'
  | 'LAPSED'
  | 'SETTLED'
  | 'UNANSWERED'
  | 'WITHDRAWN';

export type Department =
  | 'MARKETING'
  | 'SALES';

export type EventKind =
  | 'ABSENCE_CANCELLED'
  | 'ABSENCE_RECORDED'
  | 'ACCOUNT_CHANGED'
  | 'ACCOUNT_CREATED'
  | 'AGREEMENT_APPROVED'
  | 'AGREEMENT_CHANGES_REQUESTED'
  | 'AGREEMENT_DRAFTED'
  | 'AGREEMENT_EDITED'
  | 'AGREEMENT_PUBLISHED'
  | 'AGREEMENT_SIGNATURES_VOIDED'
  | 'AGREEMENT_SIGNED'
  | 'AGREEMENT_SUBMITTED'
  | 'AGREEMENT_SUPERSEDED'
  | 'AGREEMENT_WITHDRAWN'
  | 'API_KEY_CREATED'
  | 'API_KEY_REVOKED'
  | 'API_KEY_ROTATED'
  | 'ATTEMPT_RECORDED'
  | 'ATTRIBUTE_DEFINED'
  | 'ATTRIBUTION_FIT_FINISHED'
  | 'ATTRIBUTION_FIT_REQUESTED'
  | 'BACK_TEST_FINISHED'
  | 'BACK_TEST_REQUESTED'
  | 'CAMPAIGN_ACKNOWLEDGED'
  | 'CAMPAIGN_CHANGED'
  | 'CAMPAIGN_CREATED'
  | 'CLAIM_ANSWERED'
  | 'CLAIM_LAPSED'
  | 'CLAIM_UNANSWERED'
  | 'CLAIM_WITHDRAWN'
  | 'CLOCK_BREACHED'
  | 'CLOCK_CANCELLED'
  | 'CLOCK_FULFILLED'
  | 'CLOCK_PAUSED'
  | 'CLOCK_RESUMED'
  | 'CLOCK_STARTED'
  | 'CLOCK_WAIVED'
  | 'CLOCK_WARNED'
  | 'CONSENT_RECORDED'
  | 'CONTACT_BOUNCED'
  | 'CONTACT_BOUNCE_CLEARED'
  | 'CONTACT_CHANGED'
  | 'CONTACT_POSTPONED'
  | 'CONTACT_SUPPRESSED'
  | 'CONTACT_UNSUPPRESSED'
  | 'CREDIT_CLAIMED'
  | 'CREDIT_SETTLED'
  | 'DEAL_CHANGED'
  | 'DEAL_CREDITED'
  | 'DEAL_IMPORTED'
  | 'DEAL_LOST'
  | 'DEAL_OPENED'
  | 'DEAL_REOPENED'
  | 'DEAL_WON'
  | 'FLOOR_TURNED'
  | 'FOLLOW_UP_EXCUSED'
  | 'FOLLOW_UP_EXHAUSTED'
  | 'FOLLOW_UP_PLANNED'
  | 'GOAL_CHANGED'
  | 'GOAL_ENDED'
  | 'GOAL_SET'
  | 'HANDOFF_ACCEPTED'
  | 'HANDOFF_EXPIRED'
  | 'HANDOFF_OFFERED'
  | 'HANDOFF_REJECTED'
  | 'HANDOFF_REPLIED'
  | 'HANDOFF_UNROUTED'
  | 'HANDOFF_WITHDRAWN'
  | 'IMPORT_CANCELLED'
  | 'IMPORT_FINISHED'
  | 'IMPORT_REQUESTED'
  | 'IMPORT_STARTED'
  | 'JOB_PROGRESSED'
  | 'LEAD_ASSIGNED'
  | 'LEAD_CAPTURED'
  | 'LEAD_IMPORTED'
  | 'LEAD_MATCHED'
  | 'LEAD_MERGED'
  | 'LEAD_MOVED'
  | 'LEAD_SCORED'
  | 'MEMBER_CHANGED'
  | 'MEMBER_CREATED'
  | 'MEMBER_SIGNED_IN'
  | 'MESSAGE_CANCELLED'
  | 'MESSAGE_REFUSED'
  | 'MESSAGE_RESERVED'
  | 'MESSAGE_SENT'
  | 'MODEL_FIT_FINISHED'
  | 'MODEL_FIT_REQUESTED'
  | 'PERSONA_CHANGED'
  | 'PERSONA_CREATED'
  | 'REASON_CHANGED'
  | 'REASON_CREATED'
  | 'RESCORE_FINISHED'
  | 'RESCORE_STARTED'
  | 'RESOURCE_CHANGED'
  | 'RESOURCE_CREATED'
  | 'RESOURCE_RETIRED'
  | 'RESOURCE_SHARED'
  | 'RULING_PROPOSED'
  | 'RULING_SIGNED'
  | 'SESSIONS_ENDED'
  | 'SOURCE_CHANGED'
  | 'SOURCE_CREATED'
  | 'TOUCHES_RECORDED'
  | 'WAIVER_ASKED'
  | 'WAIVER_DECLINED'
  | 'WORKSPACE_CHANGED'
  | 'WORKSPACE_CREATED';

export type HandoffDirection =
  | 'MARKETING_TO_SALES'
  | 'SALES_TO_MARKETING';

export type HandoffState =
  | 'ACCEPTED'
  | 'EXPIRED'
  | 'OFFERED'
  | 'REJECTED'
  | 'WITHDRAWN';

export type OfferLeadInput = {
  expectedVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
  leadId: string | number;
  note?: string | null | undefined;
};

export type RejectHandoffInput = {
  expectedVersion?: number | null | undefined;
  feedback: string;
  handoffId: string | number;
  idempotencyKey?: string | null | undefined;
  reason: string;
};

export type ReplyToRejectionInput = {
  expectedVersion?: number | null | undefined;
  handoffId: string | number;
  idempotencyKey?: string | null | undefined;
  reply: string;
};

export type Role =
  | 'ANALYST'
  | 'DIRECTOR'
  | 'MANAGER'
  | 'MEMBER';

export type SlaStage =
  | 'ACCEPT'
  | 'ENGAGE'
  | 'PASS'
  | 'REPLY'
  | 'RETURN'
  | 'STEP'
  | 'TAKE_BACK';

export type SlaState =
  | 'BREACHED'
  | 'CANCELLED'
  | 'MET'
  | 'PAUSED'
  | 'PENDING'
  | 'RUNNING'
  | 'WAIVED'
  | 'WARNING';

export type Stage =
  | 'ACCEPTED'
  | 'DISQUALIFIED'
  | 'ERASED'
  | 'LOST'
  | 'NEW'
  | 'NURTURING'
  | 'OFFERED'
  | 'OPPORTUNITY'
  | 'QUALIFIED'
  | 'RETARGETING'
  | 'RETURNED'
  | 'SALES_QUALIFIED'
  | 'WON'
  | 'WORKING';

export type TakeBackLeadInput = {
  expectedVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
  leadId: string | number;
  note?: string | null | undefined;
};

export type TouchKind =
  | 'AD_CLICKED'
  | 'AD_SEEN'
  | 'CALL'
  | 'CHAT'
  | 'DEMO_REQUESTED'
  | 'EMAIL_BOUNCED'
  | 'EMAIL_CLICKED'
  | 'EMAIL_OPENED'
  | 'EMAIL_REPLIED'
  | 'EMAIL_SENT'
  | 'EVENT_ATTENDED'
  | 'FORM_SUBMITTED'
  | 'MEETING'
  | 'MESSAGE'
  | 'OTHER'
  | 'PAGE_VIEWED'
  | 'PRODUCT_USED'
  | 'REFERRED'
  | 'RESOURCE_DOWNLOADED'
  | 'RESOURCE_VIEWED'
  | 'SEARCH_VISIT'
  | 'SURVEY_ANSWERED'
  | 'TRIAL_STARTED'
  | 'UNSUBSCRIBED'
  | 'VOICEMAIL'
  | 'WEBINAR_ATTENDED'
  | 'WEBINAR_REGISTERED';

export type CountdownFragment = { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null };

export type CardFragment = { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null };

export type BatonFragment = { id: string, direction: HandoffDirection, state: HandoffState, queue: string, offeredAt: string, feedback: string | null, repliedAt: string | null, version: number, member: { id: string, name: string } | null, reason: { label: string } | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } };

export type StartQueryVariables = Exact<{ [key: string]: never; }>;


export type StartQuery = { eventCursor: string, viewer: { member: { id: string, name: string, department: Department, role: Role } | null } | null, reasons: Array<{ key: string, label: string, active: boolean }> };

export type BoardQueryVariables = Exact<{ [key: string]: never; }>;


export type BoardQuery = { qualified: { nodes: Array<{ id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null }> }, working: { nodes: Array<{ id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null }> }, offered: { nodes: Array<{ id: string, direction: HandoffDirection, state: HandoffState, queue: string, offeredAt: string, feedback: string | null, repliedAt: string | null, version: number, member: { id: string, name: string } | null, reason: { label: string } | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } }> }, rejected: { nodes: Array<{ id: string, direction: HandoffDirection, state: HandoffState, queue: string, offeredAt: string, feedback: string | null, repliedAt: string | null, version: number, member: { id: string, name: string } | null, reason: { label: string } | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } }> }, returned: { nodes: Array<{ id: string, direction: HandoffDirection, state: HandoffState, queue: string, offeredAt: string, feedback: string | null, repliedAt: string | null, version: number, member: { id: string, name: string } | null, reason: { label: string } | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } }> } };

export type TimelineQueryVariables = Exact<{
  lead: string | number;
}>;


export type TimelineQuery = { lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, timeline: { nodes: Array<
        | { __typename: 'Event', id: string, at: string, summary: string, member: { name: string } | null }
        | { __typename: 'Touch', id: string, occurredAt: string, kind: TouchKind, channel: Channel, subject: string | null }
      > }, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } | null };

export type InboxSubscriptionVariables = Exact<{
  after: string;
}>;


export type InboxSubscription = { handoffInbox: { cursor: string, event: { id: string, at: string, summary: string }, handoff: { id: string, direction: HandoffDirection, state: HandoffState, queue: string, offeredAt: string, feedback: string | null, repliedAt: string | null, version: number, member: { id: string, name: string } | null, reason: { label: string } | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } } | null } };

export type LeadsSubscriptionVariables = Exact<{
  after: string;
}>;


export type LeadsSubscription = { leadEvents: { cursor: string, event: { id: string }, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } | null } };

export type AlertsSubscriptionVariables = Exact<{
  after: string;
}>;


export type AlertsSubscription = { slaAlerts: { cursor: string, event: { id: string, at: string, kind: EventKind }, clock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null, lead: { id: string, stage: Stage, stageSince: string, band: Band | null, score: number | null, contact: { fullName: string | null, title: string | null }, account: { name: string } | null, owner: { name: string } | null, openClock: { id: string, stage: SlaStage, state: SlaState, department: Department, dueAt: string | null } | null } } | null } };

export type OfferMutationVariables = Exact<{
  input: OfferLeadInput;
}>;


export type OfferMutation = { offerLead: { cursor: string } };

export type AcceptMutationVariables = Exact<{
  input: AcceptHandoffInput;
}>;


export type AcceptMutation = { acceptHandoff: { cursor: string } };

export type RejectMutationVariables = Exact<{
  input: RejectHandoffInput;
}>;


export type RejectMutation = { rejectHandoff: { cursor: string } };

export type ReplyMutationVariables = Exact<{
  input: ReplyToRejectionInput;
}>;


export type ReplyMutation = { replyToRejection: { cursor: string } };

export type TakeBackMutationVariables = Exact<{
  input: TakeBackLeadInput;
}>;


export type TakeBackMutation = { takeBackLead: { cursor: string } };

export type WonDealsQueryVariables = Exact<{ [key: string]: never; }>;


export type WonDealsQuery = { deals: { nodes: Array<{ id: string, name: string, amountMinor: number, currency: string }> } };

export type CreditQueryVariables = Exact<{
  deal: string | number;
  models: Array<AttributionModel> | AttributionModel;
  after?: string | null | undefined;
}>;


export type CreditQuery = { node:
    | { id: string, name: string, amountMinor: number, currency: string, openedAt: string, closedAt: string | null, lead: { createdAt: string } | null, attribution: { disagreement: number, results: Array<{ model: AttributionModel, outcome: AttributionOutcome, reason: string | null }>, touches: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ occurredAt: string, channelGroup: string, department: Department | null, touch: { kind: TouchKind } | null, credits: Array<{ model: AttributionModel, share: number, amountMinor: number }> }> } } | null, disputes: Array<{ id: string, state: CreditDisputeState, claimant: Department, claimedShare: number, ruling: { marketingShare: number, salesShare: number } | null }> }
    | Record<PropertyKey, never>
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CountdownFragmentDoc = new TypedDocumentString(`
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
    `, {"fragmentName":"Countdown"}) as unknown as TypedDocumentString<CountdownFragment, unknown>;
export const CardFragmentDoc = new TypedDocumentString(`
    fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}`, {"fragmentName":"Card"}) as unknown as TypedDocumentString<CardFragment, unknown>;
export const BatonFragmentDoc = new TypedDocumentString(`
    fragment Baton on Handoff {
  id
  direction
  state
  queue
  offeredAt
  member {
    id
    name
  }
  reason {
    label
  }
  feedback
  repliedAt
  version
  lead {
    ...Card
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}`, {"fragmentName":"Baton"}) as unknown as TypedDocumentString<BatonFragment, unknown>;
export const StartDocument = new TypedDocumentString(`
    query Start {
  eventCursor
  viewer {
    member {
      id
      name
      department
      role
    }
  }
  reasons(use: REJECT) {
    key
    label
    active
  }
}
    `) as unknown as TypedDocumentString<StartQuery, StartQueryVariables>;
export const BoardDocument = new TypedDocumentString(`
    query Board {
  qualified: leads(first: 20, filter: {stages: [QUALIFIED]}) {
    nodes {
      ...Card
    }
  }
  working: leads(first: 20, filter: {stages: [ACCEPTED, WORKING]}) {
    nodes {
      ...Card
    }
  }
  offered: handoffs(first: 20, filter: {department: SALES, states: [OFFERED]}) {
    nodes {
      ...Baton
    }
  }
  rejected: handoffs(first: 20, filter: {department: SALES, states: [REJECTED]}) {
    nodes {
      ...Baton
    }
  }
  returned: handoffs(
    first: 20
    filter: {department: MARKETING, states: [OFFERED]}
  ) {
    nodes {
      ...Baton
    }
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}
fragment Baton on Handoff {
  id
  direction
  state
  queue
  offeredAt
  member {
    id
    name
  }
  reason {
    label
  }
  feedback
  repliedAt
  version
  lead {
    ...Card
  }
}`) as unknown as TypedDocumentString<BoardQuery, BoardQueryVariables>;
export const TimelineDocument = new TypedDocumentString(`
    query Timeline($lead: ID!) {
  lead(by: {id: $lead}) {
    ...Card
    timeline(first: 40) {
      nodes {
        __typename
        ... on Event {
          id
          at
          summary
          member {
            name
          }
        }
        ... on Touch {
          id
          occurredAt
          kind
          channel
          subject
        }
      }
    }
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}`) as unknown as TypedDocumentString<TimelineQuery, TimelineQueryVariables>;
export const InboxDocument = new TypedDocumentString(`
    subscription Inbox($after: String!) {
  handoffInbox(after: $after) {
    cursor
    event {
      id
      at
      summary
    }
    handoff {
      ...Baton
    }
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}
fragment Baton on Handoff {
  id
  direction
  state
  queue
  offeredAt
  member {
    id
    name
  }
  reason {
    label
  }
  feedback
  repliedAt
  version
  lead {
    ...Card
  }
}`) as unknown as TypedDocumentString<InboxSubscription, InboxSubscriptionVariables>;
export const LeadsDocument = new TypedDocumentString(`
    subscription Leads($after: String!) {
  leadEvents(after: $after) {
    cursor
    event {
      id
    }
    lead {
      ...Card
    }
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}`) as unknown as TypedDocumentString<LeadsSubscription, LeadsSubscriptionVariables>;
export const AlertsDocument = new TypedDocumentString(`
    subscription Alerts($after: String!) {
  slaAlerts(after: $after) {
    cursor
    event {
      id
      at
      kind
    }
    clock {
      ...Countdown
      lead {
        ...Card
      }
    }
  }
}
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
fragment Card on Lead {
  id
  stage
  stageSince
  band
  score
  contact {
    fullName
    title
  }
  account {
    name
  }
  owner {
    name
  }
  openClock {
    ...Countdown
  }
}`) as unknown as TypedDocumentString<AlertsSubscription, AlertsSubscriptionVariables>;
export const OfferDocument = new TypedDocumentString(`
    mutation Offer($input: OfferLeadInput!) {
  offerLead(input: $input) {
    cursor
  }
}
    `) as unknown as TypedDocumentString<OfferMutation, OfferMutationVariables>;
export const AcceptDocument = new TypedDocumentString(`
    mutation Accept($input: AcceptHandoffInput!) {
  acceptHandoff(input: $input) {
    cursor
  }
}
    `) as unknown as TypedDocumentString<AcceptMutation, AcceptMutationVariables>;
export const RejectDocument = new TypedDocumentString(`
    mutation Reject($input: RejectHandoffInput!) {
  rejectHandoff(input: $input) {
    cursor
  }
}
    `) as unknown as TypedDocumentString<RejectMutation, RejectMutationVariables>;
export const ReplyDocument = new TypedDocumentString(`
    mutation Reply($input: ReplyToRejectionInput!) {
  replyToRejection(input: $input) {
    cursor
  }
}
    `) as unknown as TypedDocumentString<ReplyMutation, ReplyMutationVariables>;
export const TakeBackDocument = new TypedDocumentString(`
    mutation TakeBack($input: TakeBackLeadInput!) {
  takeBackLead(input: $input) {
    cursor
  }
}
    `) as unknown as TypedDocumentString<TakeBackMutation, TakeBackMutationVariables>;
export const WonDealsDocument = new TypedDocumentString(`
    query WonDeals {
  deals(first: 50, filter: {outcomes: [WON]}) {
    nodes {
      id
      name
      amountMinor
      currency
    }
  }
}
    `) as unknown as TypedDocumentString<WonDealsQuery, WonDealsQueryVariables>;
export const CreditDocument = new TypedDocumentString(`
    query Credit($deal: ID!, $models: [AttributionModel!]!, $after: String) {
  node(id: $deal) {
    ... on Deal {
      id
      name
      amountMinor
      currency
      openedAt
      closedAt
      lead {
        createdAt
      }
      attribution(models: $models) {
        disagreement
        results {
          model
          outcome
          reason
        }
        touches(first: 250, after: $after) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            occurredAt
            channelGroup
            department
            touch {
              kind
            }
            credits {
              model
              share
              amountMinor
            }
          }
        }
      }
      disputes {
        id
        state
        claimant
        claimedShare
        ruling {
          marketingShare
          salesShare
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CreditQuery, CreditQueryVariables>;