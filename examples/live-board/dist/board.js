function D(e){return e===null?"null":Array.isArray(e)?"array":typeof e}function _(e){return D(e)==="object"}function Ne(e){return Array.isArray(e)&&e.length>0&&e.every(n=>"message"in n)}function q(e,n){return e.length<124?e:n}var oe="graphql-transport-ws";var h=(e=>(e[e.InternalServerError=4500]="InternalServerError",e[e.InternalClientError=4005]="InternalClientError",e[e.BadRequest=4400]="BadRequest",e[e.BadResponse=4004]="BadResponse",e[e.Unauthorized=4401]="Unauthorized",e[e.Forbidden=4403]="Forbidden",e[e.SubprotocolNotAcceptable=4406]="SubprotocolNotAcceptable",e[e.ConnectionInitialisationTimeout=4408]="ConnectionInitialisationTimeout",e[e.ConnectionAcknowledgementTimeout=4504]="ConnectionAcknowledgementTimeout",e[e.SubscriberAlreadyExists=4409]="SubscriberAlreadyExists",e[e.TooManyInitialisationRequests=4429]="TooManyInitialisationRequests",e))(h||{}),w=(e=>(e.ConnectionInit="connection_init",e.ConnectionAck="connection_ack",e.Ping="ping",e.Pong="pong",e.Subscribe="subscribe",e.Next="next",e.Error="error",e.Complete="complete",e))(w||{});function ie(e){if(!_(e))throw new Error(`Message is expected to be an object, but got ${D(e)}`);if(!e.type)throw new Error("Message is missing the 'type' property");if(typeof e.type!="string")throw new Error(`Message is expects the 'type' property to be a string, but got ${D(e.type)}`);switch(e.type){case"connection_init":case"connection_ack":case"ping":case"pong":{if(e.payload!=null&&!_(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break}case"subscribe":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${D(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!_(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${D(e.payload)}`);if(typeof e.payload.query!="string")throw new Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${D(e.payload.query)}`);if(e.payload.variables!=null&&!_(e.payload.variables))throw new Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${D(e.payload.variables)}`);if(e.payload.operationName!=null&&D(e.payload.operationName)!=="string")throw new Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${D(e.payload.operationName)}`);if(e.payload.extensions!=null&&!_(e.payload.extensions))throw new Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${D(e.payload.extensions)}`);break}case"next":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${D(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!_(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${D(e.payload)}`);break}case"error":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${D(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Ne(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break}case"complete":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${D(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);break}default:throw new Error(`Invalid message 'type' property "${e.type}"`)}return e}function se(e,n){return ie(typeof e=="string"?JSON.parse(e,n):e)}function M(e,n){return ie(e),JSON.stringify(e,n)}function z(e){let{url:n,connectionParams:r,lazy:o=!0,onNonLazyError:t=console.error,lazyCloseTimeout:a=0,keepAlive:p=0,disablePong:b,connectionAckWaitTimeout:U=0,retryAttempts:Z=5,retryWait:he=async function(d){let i=Math.pow(2,d);await new Promise(c=>setTimeout(c,i*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:we=Q,on:E,webSocketImpl:W,generateID:be=function(){return"xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g,d=>{let i=Math.random()*16|0;return(d=="x"?i:i&3|8).toString(16)})},jsonMessageReplacer:G,jsonMessageReviver:Ce}=e,O;if(W){if(!xe(W))throw new Error("Invalid WebSocket implementation provided");O=W}else typeof WebSocket<"u"?O=WebSocket:typeof global<"u"?O=global.WebSocket||global.MozWebSocket:typeof window<"u"&&(O=window.WebSocket||window.MozWebSocket);if(!O)throw new Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let x=O,y=(()=>{let s=(()=>{let i={};return{on(c,g){return i[c]=g,()=>{delete i[c]}},emit(c){"id"in c&&i[c.id]?.(c)}}})(),d={connecting:E?.connecting?[E.connecting]:[],opened:E?.opened?[E.opened]:[],connected:E?.connected?[E.connected]:[],ping:E?.ping?[E.ping]:[],pong:E?.pong?[E.pong]:[],message:E?.message?[s.emit,E.message]:[s.emit],closed:E?.closed?[E.closed]:[],error:E?.error?[E.error]:[]};return{onMessage:s.on,on(i,c){let g=d[i];return g.push(c),()=>{let m=g.indexOf(c);m>-1&&g.splice(m,1)}},emit(i,...c){for(let g of[...d[i]])g(...c)}}})();function j(s){let d=[y.on("error",i=>{d.forEach(c=>c()),s(i)}),y.on("closed",i=>{d.forEach(c=>c()),s(i)})];return()=>d.forEach(i=>i())}let I,N=0,K,$=!1,H=0,ee=!1;async function te(){clearTimeout(K);let[s,d]=await(I??(I=new Promise((g,m)=>(async()=>{if($){if(await he(H),!N)return I=void 0,m({code:1e3,reason:"All Subscriptions Gone"});H++}y.emit("connecting",$);let l=new x(typeof n=="function"?await n():n,oe),C,k;function V(){isFinite(p)&&p>0&&(clearTimeout(k),k=setTimeout(()=>{l.readyState===x.OPEN&&(l.send(M({type:w.Ping})),y.emit("ping",!1,void 0))},p))}j(S=>{I=void 0,clearTimeout(C),clearTimeout(k),m(S),S instanceof B&&(l.close(4499,"Terminated"),l.onerror=null,l.onclose=null)}),l.onerror=S=>y.emit("error",S),l.onclose=S=>y.emit("closed",S),l.onopen=async()=>{try{y.emit("opened",l);let S=typeof r=="function"?await r():r;if(l.readyState!==x.OPEN)return;l.send(M(S?{type:w.ConnectionInit,payload:S}:{type:w.ConnectionInit},G)),isFinite(U)&&U>0&&(C=setTimeout(()=>{l.close(h.ConnectionAcknowledgementTimeout,"Connection acknowledgement timeout")},U)),V()}catch(S){y.emit("error",S),l.close(h.InternalClientError,q(S instanceof Error?S.message:String(S),"Internal client error"))}};let L=!1;l.onmessage=({data:S})=>{try{let f=se(S,Ce);if(y.emit("message",f),f.type==="ping"||f.type==="pong"){y.emit(f.type,!0,f.payload),f.type==="pong"?V():b||(l.send(M(f.payload?{type:w.Pong,payload:f.payload}:{type:w.Pong},G)),y.emit("pong",!1,f.payload));return}if(L)return;if(f.type!==w.ConnectionAck)throw new Error(`First message cannot be of type ${f.type}`);clearTimeout(C),L=!0,y.emit("connected",l,f.payload,$),$=!1,H=0;let ae=new Promise((Oe,Re)=>j(Re));ae.catch(()=>{}),g([l,ae])}catch(f){l.onmessage=null,y.emit("error",f),l.close(h.BadResponse,q(f instanceof Error?f.message:String(f),"Bad response"))}}})())));s.readyState===x.CLOSING&&await d;let i=()=>{},c=new Promise(g=>i=g);return[s,i,new Promise((g,m)=>{let l=j(m);s.readyState!==x.OPEN&&d.catch(m),c.then(()=>{if(l(),!N){let C=()=>s.close(1e3,"Normal Closure");isFinite(a)&&a>0?(clearTimeout(K),K=setTimeout(()=>{!N&&s.readyState===x.OPEN&&C()},a)):C()}g()})})]}function ne(s){if(Q(s)&&(_e(s.code)||[h.InternalServerError,h.InternalClientError,h.BadRequest,h.BadResponse,h.Unauthorized,h.SubprotocolNotAcceptable,h.SubscriberAlreadyExists,h.TooManyInitialisationRequests].includes(s.code)))throw s;if(ee)return!1;if(Q(s)&&s.code===1e3)return N>0;if(!Z||H>=Z||!we(s))throw s;return $=!0}o||(async()=>{for(N++;;)try{let[,,s]=await te();await s}catch(s){try{if(!ne(s))return}catch(d){return t?.(d)}}})();function re(s,d){let i=be(s),c=!1,g=!1,m=()=>{N--,c=!0};return(async()=>{for(N++;;)try{let[l,C,k]=await te();if(c)return k.catch(()=>{}),C();let V=y.onMessage(i,L=>{switch(L.type){case w.Next:{d.next(L.payload);return}case w.Error:{g=!0,c=!0,d.error(L.payload),m();return}case w.Complete:{c=!0,m();return}}});l.send(M({id:i,type:w.Subscribe,payload:s},G)),m=()=>{!c&&l.readyState===x.OPEN&&l.send(M({id:i,type:w.Complete},G)),N--,c=!0,C()},await k.finally(V);return}catch(l){if(!ne(l))return}})().then(()=>{g||d.complete()}).catch(l=>{d.error(l)}),()=>{c||m()}}return{on:y.on,subscribe:re,iterate(s){let d=[],i={done:!1,error:null,resolve:()=>{}},c=re(s,{next(m){d.push(m),i.resolve()},error(m){i.done=!0,i.error=m,i.resolve()},complete(){i.done=!0,i.resolve()}}),g=(async function*(){for(;;){for(d.length||await new Promise(l=>i.resolve=l);d.length;)yield d.shift();if(i.error)throw i.error;if(i.done)return}})();return g.throw=async m=>(i.done||(i.done=!0,i.error=m,i.resolve()),{done:!0,value:void 0}),g.return=async()=>(c(),{done:!0,value:void 0}),g},async dispose(){if(ee=!0,I){let[s]=await I;s.close(1e3,"Normal Closure")}},terminate(){I&&y.emit("closed",new B)}}}var B=class extends Error{name="TerminatedCloseEvent";message="4499: Terminated";code=4499;reason="Terminated";wasClean=!1};function Q(e){return _(e)&&"code"in e&&"reason"in e}function _e(e){return[1e3,1001,1006,1005,1012,1013,1014].includes(e)?!1:e>=1e3&&e<=1999}function xe(e){return typeof e=="function"&&"constructor"in e&&"CLOSED"in e&&"CLOSING"in e&&"CONNECTING"in e&&"OPEN"in e}var v=class{constructor(n,r){this.person=n;this.connected=r}person;connected;ahead=0;token;ended=new AbortController;socket=z({url:`${location.origin.replace(/^http/,"ws")}/graphql`,connectionParams:async()=>({Authorization:await this.authorization()}),retryAttempts:0});async send(n,r){let o=await fetch("/graphql",{method:"POST",headers:{"content-type":"application/json",authorization:await this.authorization()},body:JSON.stringify({query:n.toString(),variables:r}),signal:this.ended.signal}),t=Date.parse(o.headers.get("date")??"");return t&&(this.ahead=t-Math.floor(Date.now()/1e3)*1e3),le(await o.json())}async follow(n,r,o){for(;!this.ended.signal.aborted;){try{for await(let t of this.socket.iterate({query:n.toString(),variables:{after:r}}))this.connected(!0),r=o(le(t))}catch(t){t instanceof Error&&console.info(t.message)}if(this.ended.signal.aborted)return;this.connected(!1),await new Promise(t=>setTimeout(t,500))}}watch(){this.socket.on("connected",()=>this.connected(!0))}end(){this.ended.abort(),this.socket.dispose()}async authorization(){if(!this.token||this.token.until<Date.now()){let n=await fetch("/playground/token",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({identity:this.person})});if(!n.ok)throw new Error(`This person could not sign in: ${(await n.text()).trim()}`);let{token:r,expiresIn:o}=await n.json();this.token={value:r,until:Date.now()+(o-30)*1e3}}return`Bearer ${this.token.value}`}};function le({data:e,errors:n}){if(n?.length||!e)throw new Error(n?.map(r=>r.message).join(" ")??"The server answered nothing.");return e}var A=class extends String{__apiType;value;__meta__;constructor(n,r){super(n),this.value=n,this.__meta__=r}toString(){return this.value}},Ge=new A(`
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
    `,{fragmentName:"Countdown"}),He=new A(`
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
}`,{fragmentName:"Card"}),Ve=new A(`
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
}`,{fragmentName:"Baton"}),ce=new A(`
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
    `),ue=new A(`
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
}`),de=new A(`
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
}`),pe=new A(`
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
}`),ge=new A(`
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
}`),me=new A(`
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
}`),fe=new A(`
    mutation Offer($input: OfferLeadInput!) {
  offerLead(input: $input) {
    cursor
  }
}
    `),Ee=new A(`
    mutation Accept($input: AcceptHandoffInput!) {
  acceptHandoff(input: $input) {
    cursor
  }
}
    `),ye=new A(`
    mutation Reject($input: RejectHandoffInput!) {
  rejectHandoff(input: $input) {
    cursor
  }
}
    `),Se=new A(`
    mutation Reply($input: ReplyToRejectionInput!) {
  replyToRejection(input: $input) {
    cursor
  }
}
    `),Ae=new A(`
    mutation TakeBack($input: TakeBackLeadInput!) {
  takeBackLead(input: $input) {
    cursor
  }
}
    `);function u(e,n={},...r){let o=document.createElement(e);for(let[t,a]of Object.entries(n))typeof a=="function"?o.addEventListener(t.slice(2),a):a!==void 0&&o.setAttribute(t,a);return o.append(...r.filter(t=>t!=null&&t!==!1)),o}function T(e){return document.getElementById(e)}var P=e=>e.contact.fullName??e.id,R=e=>e.charAt(0)+e.slice(1).toLowerCase().replaceAll("_"," "),F=e=>new Date(e).toLocaleString("en-GB",{day:"numeric",month:"short",hour:"2-digit",minute:"2-digit",second:"2-digit"});function J(e){if(!e)return null;let n=e.state.toLowerCase();return u("span",{class:`clock ${n}`,title:`${R(e.stage)}: ${n}`},`${R(e.stage)} `,e.dueAt?u("time",{datetime:e.dueAt},"…"):n)}function De(e){for(let n of document.querySelectorAll(".clock time")){let r=Math.round((Date.parse(n.dateTime)-e)/1e3),o=r<0?`${Te(-r)} late`:Te(r);n.textContent!==o&&(n.textContent=o),n.parentElement.classList.toggle("late",r<0)}}function Te(e){let n=o=>String(Math.floor(o)).padStart(2,"0"),r=Math.floor(e/86400);return`${r?`${r} d `:""}${n(e%86400/3600)}:${n(e%3600/60)}:${n(e%60)}`}async function Y(e,n){let r=T(e),o=r.querySelector("form");return o.reset(),r.querySelector(".about").textContent=n,r.returnValue="",r.showModal(),await new Promise(t=>r.addEventListener("close",t,{once:!0})),r.returnValue==="send"?Object.fromEntries([...new FormData(o)].map(([t,a])=>[t,String(a)])):void 0}var X=class{api;leads=new Map;batons=new Map;me;chosen="";constructor(n){for(let r of["marketing","sales","news","alerts","timeline","fault"])T(r).replaceChildren();this.api=new v(n,r=>{T("connection").textContent=r?"live":"reconnecting…",T("connection").className=r?"live":"away"}),this.api.watch()}async start(){let{eventCursor:n,viewer:r,reasons:o}=await this.api.send(ce,{});this.me=r?.member,T("reason").replaceChildren(...o.filter(a=>a.active).map(a=>u("option",{value:a.key},a.label)));let t=await this.api.send(ue,{});[...t.qualified.nodes,...t.working.nodes].forEach(a=>this.leads.set(a.id,a)),[...t.offered.nodes,...t.rejected.nodes,...t.returned.nodes].forEach(a=>this.put(a)),this.draw(),this.api.follow(pe,n,({handoffInbox:{cursor:a,event:p,handoff:b}})=>(b&&this.put(b),this.tell("news",p.id,p.at,p.summary,b?.lead),this.draw(),a)),this.api.follow(ge,n,({leadEvents:{cursor:a,lead:p}})=>(p&&this.leads.set(p.id,p),p&&p.id===this.chosen&&this.choose(p.id),this.draw(),a)),this.api.follow(me,n,({slaAlerts:{cursor:a,event:p,clock:b}})=>(b&&this.tell("alerts",p.id,p.at,`${R(b.department)}: ${R(b.stage)} ${p.kind==="CLOCK_WARNED"?"is nearly up":"ran out"}.`,b.lead),a))}end(){this.api.end()}tick(){De(Date.now()+this.api.ahead)}put(n){this.batons.set(n.id,n),this.leads.set(n.lead.id,n.lead)}draw(){let n=[...this.leads.values()].sort((t,a)=>a.stageSince.localeCompare(t.stageSince)),r=[...this.batons.values()].sort((t,a)=>a.offeredAt.localeCompare(t.offeredAt)),o=t=>r.filter(a=>a.state==="OFFERED"&&a.direction===t);T("marketing").replaceChildren(this.group("Qualified: to offer","qualified",n.filter(t=>t.stage==="QUALIFIED").map(t=>this.row(t,`${R(t.band??"unscored")} · ${t.score??"–"} points`,[this.button("Offer","MARKETING",fe,()=>({input:{leadId:t.id}}))]))),this.group("Rejected: to answer","rejected",r.filter(t=>t.state==="REJECTED"&&!t.repliedAt).map(t=>this.row(t.lead,`${t.reason?.label??""}: ${t.feedback??""}`,[this.button("Reply","MARKETING",Se,async()=>{let a=await Y("reply",P(t.lead));return a&&{input:{handoffId:t.id,reply:a.reply??""}}})],t))),this.group("Returned: to take back","returned",o("SALES_TO_MARKETING").map(t=>this.row(t.lead,t.reason?.label??"",[this.button("Take back","MARKETING",Ae,()=>({input:{leadId:t.lead.id}}))],t)))),T("sales").replaceChildren(this.group("Offered: to accept","offered",o("MARKETING_TO_SALES").map(t=>this.row(t.lead,t.member?`to ${t.member.name}`:`waits in ${t.queue}`,this.mine(t)?[this.button("Accept","SALES",Ee,()=>({input:{handoffId:t.id,expectedVersion:t.version}})),this.button("Reject","SALES",ye,async()=>{let a=await Y("reject",P(t.lead));return a&&{input:{handoffId:t.id,reason:a.reason??"",feedback:a.feedback??"",expectedVersion:t.version}}})]:[],t))),this.group("With sales","working",n.filter(t=>t.stage==="ACCEPTED"||t.stage==="WORKING").map(t=>this.row(t,`${R(t.stage)} · ${t.owner?.name??""}`,[])))),this.tick()}mine(n){return!n.member||n.member.id===this.me?.id}group(n,r,o){return u("section",{id:r},u("h3",{},n,u("small",{},` ${o.length>=20?"the latest":o.length}`)),u("ul",{},...o.slice(0,20)))}row(n,r,o,t){let a=this.leads.get(n.id)??n;return u("li",{"data-lead":a.id,"data-handoff":t?.id,class:a.id===this.chosen?"chosen":""},u("button",{class:"lead",onclick:()=>{this.choose(a.id)}},u("b",{},P(a)),u("small",{},[a.contact.title,a.account?.name].filter(Boolean).join(", "))),u("span",{class:"about"},r),J(a.openClock),...o)}button(n,r,o,t){return this.me?.department===r&&u("button",{class:"do",onclick:()=>{this.act(o,t)}},n)}async act(n,r){T("fault").textContent="";try{let o=await r();o&&await this.api.send(n,o)}catch(o){T("fault").textContent=String(o instanceof Error?o.message:o)}}tell(n,r,o,t,a){for(T(n).prepend(u("li",{"data-event":r},u("time",{},F(o))," ",a&&u("b",{},P(a)),` ${t}`));T(n).childElementCount>12;)T(n).lastElementChild?.remove()}async choose(n){this.chosen=n,this.draw();let{lead:r}=await this.api.send(de,{lead:n});!r||this.chosen!==n||(T("timeline").replaceChildren(u("h2",{},P(r)),u("p",{},`${R(r.stage)} since ${F(r.stageSince)}`),J(r.openClock)??"",u("ol",{},...r.timeline.nodes.map(o=>o.__typename==="Event"?u("li",{"data-event":o.id},u("time",{},F(o.at)),` ${o.summary}`,o.member&&u("small",{},` ${o.member.name}`)):u("li",{class:"touch"},u("time",{},F(o.occurredAt)),` ${R(o.kind)}${o.subject?`: ${o.subject}`:""}`)))),this.tick())}};async function Ie(){let e=await(await fetch("people.json")).json(),n=T("who");n.replaceChildren(...e.map(a=>u("option",{value:a.id},`${a.name}, ${a.department.toLowerCase()} ${a.role.toLowerCase()}`)));let r=new URLSearchParams(location.hash.slice(1)).get("as");e.some(a=>a.id===r)&&(n.value=r);let o,t=async()=>{o?.end();let a=o=new X(n.value);try{await a.start()}catch(p){a===o&&(T("fault").textContent=String(p instanceof Error?p.message:p))}};n.addEventListener("change",()=>{location.hash=`as=${n.value}`,t()}),setInterval(()=>o?.tick(),1e3),await t()}Ie();
