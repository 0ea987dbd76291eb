function R(e){return e===null?"null":Array.isArray(e)?"array":typeof e}function P(e){return R(e)==="object"}function je(e){return Array.isArray(e)&&e.length>0&&e.every(n=>"message"in n)}function re(e,n){return e.length<124?e:n}var he="graphql-transport-ws";var N=(e=>(e[e.InternalServerError=4500]="InternalServerError",e[e.InternalClientError=4005]="InternalClientError",e[e.BadRequest=4400]="BadRequest",e[e.BadResponse=4004]="BadResponse",e[e.Unauthorized=4401]="Unauthorized",e[e.Forbidden=4403]="Forbidden",e[e.SubprotocolNotAcceptable=4406]="SubprotocolNotAcceptable",e[e.ConnectionInitialisationTimeout=4408]="ConnectionInitialisationTimeout",e[e.ConnectionAcknowledgementTimeout=4504]="ConnectionAcknowledgementTimeout",e[e.SubscriberAlreadyExists=4409]="SubscriberAlreadyExists",e[e.TooManyInitialisationRequests=4429]="TooManyInitialisationRequests",e))(N||{}),I=(e=>(e.ConnectionInit="connection_init",e.ConnectionAck="connection_ack",e.Ping="ping",e.Pong="pong",e.Subscribe="subscribe",e.Next="next",e.Error="error",e.Complete="complete",e))(I||{});function De(e){if(!P(e))throw new Error(`Message is expected to be an object, but got ${R(e)}`);if(!e.type)throw new Error("Message is missing the 'type' property");if(typeof e.type!="string")throw new Error(`Message is expects the 'type' property to be a string, but got ${R(e.type)}`);switch(e.type){case"connection_init":case"connection_ack":case"ping":case"pong":{if(e.payload!=null&&!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break}case"subscribe":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${R(e.payload)}`);if(typeof e.payload.query!="string")throw new Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${R(e.payload.query)}`);if(e.payload.variables!=null&&!P(e.payload.variables))throw new Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${R(e.payload.variables)}`);if(e.payload.operationName!=null&&R(e.payload.operationName)!=="string")throw new Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${R(e.payload.operationName)}`);if(e.payload.extensions!=null&&!P(e.payload.extensions))throw new Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${R(e.payload.extensions)}`);break}case"next":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${R(e.payload)}`);break}case"error":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!je(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break}case"complete":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);break}default:throw new Error(`Invalid message 'type' property "${e.type}"`)}return e}function Te(e,n){return De(typeof e=="string"?JSON.parse(e,n):e)}function U(e,n){return De(e),JSON.stringify(e,n)}function oe(e){let{url:n,connectionParams:a,lazy:r=!0,onNonLazyError:t=console.error,lazyCloseTimeout:o=0,keepAlive:l=0,disablePong:i,connectionAckWaitTimeout:T=0,retryAttempts:A=5,retryWait:$=async function(E){let s=Math.pow(2,E);await new Promise(p=>setTimeout(p,s*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:f=ae,on:m,webSocketImpl:_,generateID:ee=function(){return"xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g,E=>{let s=Math.random()*16|0;return(E=="x"?s:s&3|8).toString(16)})},jsonMessageReplacer:G,jsonMessageReviver:j}=e,k;if(_){if(!qe(_))throw new Error("Invalid WebSocket implementation provided");k=_}else typeof WebSocket<"u"?k=WebSocket:typeof global<"u"?k=global.WebSocket||global.MozWebSocket:typeof window<"u"&&(k=window.WebSocket||window.MozWebSocket);if(!k)throw new Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let F=k,w=(()=>{let c=(()=>{let s={};return{on(p,y){return s[p]=y,()=>{delete s[p]}},emit(p){"id"in p&&s[p.id]?.(p)}}})(),E={connecting:m?.connecting?[m.connecting]:[],opened:m?.opened?[m.opened]:[],connected:m?.connected?[m.connected]:[],ping:m?.ping?[m.ping]:[],pong:m?.pong?[m.pong]:[],message:m?.message?[c.emit,m.message]:[c.emit],closed:m?.closed?[m.closed]:[],error:m?.error?[m.error]:[]};return{onMessage:c.on,on(s,p){let y=E[s];return y.push(p),()=>{let S=y.indexOf(p);S>-1&&y.splice(S,1)}},emit(s,...p){for(let y of[...E[s]])y(...p)}}})();function te(c){let E=[w.on("error",s=>{E.forEach(p=>p()),c(s)}),w.on("closed",s=>{E.forEach(p=>p()),c(s)})];return()=>E.forEach(s=>s())}let B,M=0,ne,Q=!1,Y=0,fe=!1;async function Ee(){clearTimeout(ne);let[c,E]=await(B??(B=new Promise((y,S)=>(async()=>{if(Q){if(await $(Y),!M)return B=void 0,S({code:1e3,reason:"All Subscriptions Gone"});Y++}w.emit("connecting",Q);let d=new F(typeof n=="function"?await n():n,he),L,v;function J(){isFinite(l)&&l>0&&(clearTimeout(v),v=setTimeout(()=>{d.readyState===F.OPEN&&(d.send(U({type:I.Ping})),w.emit("ping",!1,void 0))},l))}te(C=>{B=void 0,clearTimeout(L),clearTimeout(v),S(C),C instanceof q&&(d.close(4499,"Terminated"),d.onerror=null,d.onclose=null)}),d.onerror=C=>w.emit("error",C),d.onclose=C=>w.emit("closed",C),d.onopen=async()=>{try{w.emit("opened",d);let C=typeof a=="function"?await a():a;if(d.readyState!==F.OPEN)return;d.send(U(C?{type:I.ConnectionInit,payload:C}:{type:I.ConnectionInit},G)),isFinite(T)&&T>0&&(L=setTimeout(()=>{d.close(N.ConnectionAcknowledgementTimeout,"Connection acknowledgement timeout")},T)),J()}catch(C){w.emit("error",C),d.close(N.InternalClientError,re(C instanceof Error?C.message:String(C),"Internal client error"))}};let W=!1;d.onmessage=({data:C})=>{try{let b=Te(C,j);if(w.emit("message",b),b.type==="ping"||b.type==="pong"){w.emit(b.type,!0,b.payload),b.type==="pong"?J():i||(d.send(U(b.payload?{type:I.Pong,payload:b.payload}:{type:I.Pong},G)),w.emit("pong",!1,b.payload));return}if(W)return;if(b.type!==I.ConnectionAck)throw new Error(`First message cannot be of type ${b.type}`);clearTimeout(L),W=!0,w.emit("connected",d,b.payload,Q),Q=!1,Y=0;let Ae=new Promise((Ze,Ke)=>te(Ke));Ae.catch(()=>{}),y([d,Ae])}catch(b){d.onmessage=null,w.emit("error",b),d.close(N.BadResponse,re(b instanceof Error?b.message:String(b),"Bad response"))}}})())));c.readyState===F.CLOSING&&await E;let s=()=>{},p=new Promise(y=>s=y);return[c,s,new Promise((y,S)=>{let d=te(S);c.readyState!==F.OPEN&&E.catch(S),p.then(()=>{if(d(),!M){let L=()=>c.close(1e3,"Normal Closure");isFinite(o)&&o>0?(clearTimeout(ne),ne=setTimeout(()=>{!M&&c.readyState===F.OPEN&&L()},o)):L()}y()})})]}function ye(c){if(ae(c)&&(Qe(c.code)||[N.InternalServerError,N.InternalClientError,N.BadRequest,N.BadResponse,N.Unauthorized,N.SubprotocolNotAcceptable,N.SubscriberAlreadyExists,N.TooManyInitialisationRequests].includes(c.code)))throw c;if(fe)return!1;if(ae(c)&&c.code===1e3)return M>0;if(!A||Y>=A||!f(c))throw c;return Q=!0}r||(async()=>{for(M++;;)try{let[,,c]=await Ee();await c}catch(c){try{if(!ye(c))return}catch(E){return t?.(E)}}})();function Se(c,E){let s=ee(c),p=!1,y=!1,S=()=>{M--,p=!0};return(async()=>{for(M++;;)try{let[d,L,v]=await Ee();if(p)return v.catch(()=>{}),L();let J=w.onMessage(s,W=>{switch(W.type){case I.Next:{E.next(W.payload);return}case I.Error:{y=!0,p=!0,E.error(W.payload),S();return}case I.Complete:{p=!0,S();return}}});d.send(U({id:s,type:I.Subscribe,payload:c},G)),S=()=>{!p&&d.readyState===F.OPEN&&d.send(U({id:s,type:I.Complete},G)),M--,p=!0,L()},await v.finally(J);return}catch(d){if(!ye(d))return}})().then(()=>{y||E.complete()}).catch(d=>{E.error(d)}),()=>{p||S()}}return{on:w.on,subscribe:Se,iterate(c){let E=[],s={done:!1,error:null,resolve:()=>{}},p=Se(c,{next(S){E.push(S),s.resolve()},error(S){s.done=!0,s.error=S,s.resolve()},complete(){s.done=!0,s.resolve()}}),y=(async function*(){for(;;){for(E.length||await new Promise(d=>s.resolve=d);E.length;)yield E.shift();if(s.error)throw s.error;if(s.done)return}})();return y.throw=async S=>(s.done||(s.done=!0,s.error=S,s.resolve()),{done:!0,value:void 0}),y.return=async()=>(p(),{done:!0,value:void 0}),y},async dispose(){if(fe=!0,B){let[c]=await B;c.close(1e3,"Normal Closure")}},terminate(){B&&w.emit("closed",new q)}}}var q=class extends Error{name="TerminatedCloseEvent";message="4499: Terminated";code=4499;reason="Terminated";wasClean=!1};function ae(e){return P(e)&&"code"in e&&"reason"in e}function Qe(e){return[1e3,1001,1006,1005,1012,1013,1014].includes(e)?!1:e>=1e3&&e<=1999}function qe(e){return typeof e=="function"&&"constructor"in e&&"CLOSED"in e&&"CLOSING"in e&&"CONNECTING"in e&&"OPEN"in e}var X=class{constructor(n,a){this.person=n;this.connected=a}person;connected;ahead=0;token;ended=new AbortController;socket=oe({url:`${location.origin.replace(/^http/,"ws")}/graphql`,connectionParams:async()=>({Authorization:await this.authorization()}),retryAttempts:0});async send(n,a){let r=await fetch("/graphql",{method:"POST",headers:{"content-type":"application/json",authorization:await this.authorization()},body:JSON.stringify({query:n.toString(),variables:a}),signal:this.ended.signal}),t=Date.parse(r.headers.get("date")??"");return t&&(this.ahead=t-Math.floor(Date.now()/1e3)*1e3),be(await r.json())}async follow(n,a,r){for(;!this.ended.signal.aborted;){try{for await(let t of this.socket.iterate({query:n.toString(),variables:{after:a}}))this.connected(!0),a=r(be(t))}catch(t){t instanceof Error&&console.info(t.message)}if(this.ended.signal.aborted)return;this.connected(!1),await new Promise(t=>setTimeout(t,500))}}watch(){this.socket.on("connected",()=>this.connected(!0))}end(){this.ended.abort(),this.socket.dispose()}async authorization(){if(!this.token||this.token.until<Date.now()){let n=await fetch("/playground/token",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({identity:this.person})});if(!n.ok)throw new Error(`This person could not sign in: ${(await n.text()).trim()}`);let{token:a,expiresIn:r}=await n.json();this.token={value:a,until:Date.now()+(r-30)*1e3}}return`Bearer ${this.token.value}`}};function be({data:e,errors:n}){if(n?.length||!e)throw new Error(n?.map(a=>a.message).join(" ")??"The server answered nothing.");return e}var h=class extends String{__apiType;value;__meta__;constructor(n,a){super(n),this.value=n,this.__meta__=a}toString(){return this.value}},st=new h(`
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
    `,{fragmentName:"Countdown"}),lt=new h(`
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
}`,{fragmentName:"Card"}),ct=new h(`
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
}`,{fragmentName:"Baton"}),we=new h(`
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
    `),Ce=new h(`
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
}`),Re=new h(`
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
}`),xe=new h(`
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
}`),Ne=new h(`
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
}`),Ie=new h(`
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
}`),_e=new h(`
    mutation Offer($input: OfferLeadInput!) {
  offerLead(input: $input) {
    cursor
  }
}
    `),Oe=new h(`
    mutation Accept($input: AcceptHandoffInput!) {
  acceptHandoff(input: $input) {
    cursor
  }
}
    `),Le=new h(`
    mutation Reject($input: RejectHandoffInput!) {
  rejectHandoff(input: $input) {
    cursor
  }
}
    `),ke=new h(`
    mutation Reply($input: ReplyToRejectionInput!) {
  replyToRejection(input: $input) {
    cursor
  }
}
    `),Me=new h(`
    mutation TakeBack($input: TakeBackLeadInput!) {
  takeBackLead(input: $input) {
    cursor
  }
}
    `),Pe=new h(`
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
    `),$e=new h(`
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
    `);function u(e,n={},...a){let r=document.createElement(e);for(let[t,o]of Object.entries(n))typeof o=="function"?r.addEventListener(t.slice(2),o):o!==void 0&&r.setAttribute(t,o);return r.append(...a.filter(t=>t!=null&&t!==!1)),r}function D(e,n,...a){let r=document.createElementNS("http://www.w3.org/2000/svg",e);for(let[t,o]of Object.entries(n))r.setAttribute(t,String(o));return r.append(...a.filter(t=>t!=null&&t!==!1)),r}var Z=()=>new URLSearchParams(location.hash.slice(1));function z(e,n){let a=Z();return n===void 0?a.delete(e):a.set(e,n),`#${a.toString()}`}function g(e){return document.getElementById(e)}var V=e=>e.contact.fullName??e.id,x=e=>e.charAt(0)+e.slice(1).toLowerCase().replaceAll("_"," "),O=e=>new Date(e).toLocaleString("en-GB",{day:"numeric",month:"short",hour:"2-digit",minute:"2-digit",second:"2-digit"});function ie(e){if(!e)return null;let n=e.state.toLowerCase();return u("span",{class:`clock ${n}`,title:`${x(e.stage)}: ${n}`},`${x(e.stage)} `,e.dueAt?u("time",{datetime:e.dueAt},"…"):n)}function Be(e){for(let n of document.querySelectorAll(".clock time")){let a=Math.round((Date.parse(n.dateTime)-e)/1e3),r=a<0?`${Fe(-a)} late`:Fe(a);n.textContent!==r&&(n.textContent=r),n.parentElement.classList.toggle("late",a<0)}}function Fe(e){let n=r=>String(Math.floor(r)).padStart(2,"0"),a=Math.floor(e/86400);return`${a?`${a} d `:""}${n(e%86400/3600)}:${n(e%3600/60)}:${n(e%60)}`}async function se(e,n){let a=g(e),r=a.querySelector("form");return r.reset(),a.querySelector(".about").textContent=n,a.returnValue="",a.showModal(),await new Promise(t=>a.addEventListener("close",t,{once:!0})),a.returnValue==="send"?Object.fromEntries([...new FormData(r)].map(([t,o])=>[t,String(o)])):void 0}var ce=[["FIRST","all to the first touch"],["POSITION","most to first and last"],["TIME_DECAY","more to what came late"]],Ge=["MARKETING","SALES","NOBODY"],le=e=>e.department??"NOBODY",ue={MARKETING:"marketing",SALES:"sales",NOBODY:"the person’s own doing"},K=150,de=680,pe=735,ve=960,me=96,He=34,ze=2e3;async function We(e,n){let{deals:a}=await e.send(Pe,{}),r=g("deal");return r.replaceChildren(...a.nodes.map(t=>u("option",{value:t.id},`${t.name}, ${Ve(t.amountMinor,t.currency)}`))),a.nodes.some(t=>t.id===n)&&(r.value=n),r.value}async function Ue(e,n){let a=async i=>{let{node:T}=await e.send($e,{deal:n,models:ce.map(([A])=>A),after:i});return T&&"attribution"in T?T:void 0},r=await a(null),t=r?.attribution;if(!r||!t){g("chart").replaceChildren(u("p",{},r?"The credit of this deal was not frozen.":"Choose a deal that was won."));return}let o=[...t.touches.nodes];for(let i=t.touches.pageInfo;i.hasNextPage&&i.endCursor&&o.length<ze;){let T=(await a(i.endCursor))?.attribution?.touches;if(!T)break;o.push(...T.nodes),i=T.pageInfo}if(g("deal").value!==n)return;g("chart").setAttribute("data-deal",n);let l=new Map(t.results.map(i=>[i.model,i]));g("chart").replaceChildren(u("p",{},`${Ve(r.amountMinor,r.currency)}, won ${O(r.closedAt??"")}, ${t.touches.totalCount} touches count. How much depends on the model: ${H(t.disagreement)}.`),u("p",{class:"legend"},...Ge.map(i=>u("span",{class:i.toLowerCase()},ue[i]))),Ye(r,o,i=>l.get(i)?.reason??""),...r.disputes.map(i=>u("p",{class:"dispute","data-dispute":i.id},`${x(i.claimant)} claims ${H(i.claimedShare)}: ${x(i.state).toLowerCase()}. `,i.ruling&&`${i.state==="SETTLED"?"Both departments signed":"Proposed is"}: marketing ${H(i.ruling.marketingShare)}, sales ${H(i.ruling.salesShare)}.`)))}function Ye(e,n,a){let r=n.map(A=>Date.parse(A.occurredAt)),t=Date.parse(e.closedAt??e.openedAt),o=Math.min(...r,Date.parse(e.lead.createdAt)),l=A=>K+(de-K)*(A-o)/Math.max(t-o,1),i=He+ce.length*me,T=(A,$,f)=>D("g",{class:"mark"},D("line",{x1:l(Date.parse(A)),x2:l(Date.parse(A)),y1:6+f*12,y2:i}),D("text",{x:l(Date.parse(A))-4,y:12+f*12,"text-anchor":"end"},$));return D("svg",{viewBox:`0 0 ${ve} ${i+26}`,role:"img","aria-label":`The journey of ${e.name}`},T(e.lead.createdAt,"lead",1),T(e.openedAt,"deal",0),T(e.closedAt??e.openedAt,"won",1),...ce.map(([A,$],f)=>Je(A,$,He+f*me,n,r.map(l),a(A))),D("text",{class:"axis",x:K,y:i+18},O(new Date(o).toISOString())),D("text",{class:"axis",x:de,y:i+18,"text-anchor":"end"},O(new Date(t).toISOString())),D("text",{class:"axis",x:pe,y:i+18},"by department"))}function Je(e,n,a,r,t,o){let l=a+me/2,i=f=>f.credits.find(m=>m.model===e)?.share??0,T=r.map((f,m)=>({t:f,x:t[m]??K,r:Math.max(2,38*Math.sqrt(i(f)))})).sort((f,m)=>m.r-f.r).map(({t:f,x:m,r:_})=>D("circle",{class:le(f).toLowerCase(),cx:m,cy:l,r:_.toFixed(1),"data-share":i(f).toFixed(4)},D("title",{},`${f.touch?x(f.touch.kind):f.channelGroup}, ${O(f.occurredAt)}, ${ue[le(f)]}: ${H(i(f))}`))),A=pe,$=Ge.flatMap(f=>{let m=r.filter(j=>le(j)===f).reduce((j,k)=>j+i(k),0),_=(ve-10-pe)*m,ee=D("rect",{class:f.toLowerCase(),x:A,y:l-14,width:_.toFixed(1),height:28,"data-side":f,"data-share":m.toFixed(4)},D("title",{},`${ue[f]}: ${H(m)}`)),G=_>34&&D("text",{class:"part",x:A+_/2,y:l+4,"text-anchor":"middle"},H(m));return A+=_,[ee,G]});return D("g",{class:"lane","data-model":e},D("line",{class:"base",x1:K,x2:de,y1:l,y2:l}),D("text",{class:"model",x:0,y:l-3},x(e)),D("text",{class:"says",x:0,y:l+12},n),...T,...$,o&&D("text",{class:"says",x:K,y:l-8},o))}var H=e=>`${Math.round(e*100)} %`,Ve=(e,n)=>new Intl.NumberFormat("en-GB",{style:"currency",currency:n,maximumFractionDigits:0}).format(e/100);var ge=class{api;leads=new Map;batons=new Map;me;chosen="";constructor(n){for(let a of["marketing","sales","news","alerts","timeline","fault"])g(a).replaceChildren();this.api=new X(n,a=>{g("connection").textContent=a?"live":"reconnecting…",g("connection").className=a?"live":"away"}),this.api.watch()}async start(){let{eventCursor:n,viewer:a,reasons:r}=await this.api.send(we,{});this.me=a?.member,g("reason").replaceChildren(...r.filter(o=>o.active).map(o=>u("option",{value:o.key},o.label)));let t=await this.api.send(Ce,{});[...t.qualified.nodes,...t.working.nodes].forEach(o=>this.leads.set(o.id,o)),[...t.offered.nodes,...t.rejected.nodes,...t.returned.nodes].forEach(o=>this.put(o)),this.draw(),this.api.follow(xe,n,({handoffInbox:{cursor:o,event:l,handoff:i}})=>(i&&this.put(i),this.tell("news",l.id,l.at,l.summary,i?.lead),this.draw(),o)),this.api.follow(Ne,n,({leadEvents:{cursor:o,lead:l}})=>(l&&this.leads.set(l.id,l),l&&l.id===this.chosen&&this.choose(l.id),this.draw(),o)),this.api.follow(Ie,n,({slaAlerts:{cursor:o,event:l,clock:i}})=>(i&&this.tell("alerts",l.id,l.at,`${x(i.department)}: ${x(i.stage)} ${l.kind==="CLOCK_WARNED"?"is nearly up":"ran out"}.`,i.lead),o))}end(){this.api.end()}tick(){Be(Date.now()+this.api.ahead)}async turn(){let n=Z().get("deal");if(g("to-credit").href=z("deal",""),g("to-board").href=z("deal"),g("credit").hidden=n===null,g("board").hidden=n!==null,n!==null)try{await Ue(this.api,await We(this.api,n))}catch(a){g("fault").textContent=String(a instanceof Error?a.message:a)}}put(n){this.batons.set(n.id,n),this.leads.set(n.lead.id,n.lead)}draw(){let n=[...this.leads.values()].sort((t,o)=>o.stageSince.localeCompare(t.stageSince)),a=[...this.batons.values()].sort((t,o)=>o.offeredAt.localeCompare(t.offeredAt)),r=t=>a.filter(o=>o.state==="OFFERED"&&o.direction===t);g("marketing").replaceChildren(this.group("Qualified: to offer","qualified",n.filter(t=>t.stage==="QUALIFIED").map(t=>this.row(t,`${x(t.band??"unscored")} · ${t.score??"–"} points`,[this.button("Offer","MARKETING",_e,()=>({input:{leadId:t.id}}))]))),this.group("Rejected: to answer","rejected",a.filter(t=>t.state==="REJECTED"&&!t.repliedAt).map(t=>this.row(t.lead,`${t.reason?.label??""}: ${t.feedback??""}`,[this.button("Reply","MARKETING",ke,async()=>{let o=await se("reply",V(t.lead));return o&&{input:{handoffId:t.id,reply:o.reply??""}}})],t))),this.group("Returned: to take back","returned",r("SALES_TO_MARKETING").map(t=>this.row(t.lead,t.reason?.label??"",[this.button("Take back","MARKETING",Me,()=>({input:{leadId:t.lead.id}}))],t)))),g("sales").replaceChildren(this.group("Offered: to accept","offered",r("MARKETING_TO_SALES").map(t=>this.row(t.lead,t.member?`to ${t.member.name}`:`waits in ${t.queue}`,this.mine(t)?[this.button("Accept","SALES",Oe,()=>({input:{handoffId:t.id,expectedVersion:t.version}})),this.button("Reject","SALES",Le,async()=>{let o=await se("reject",V(t.lead));return o&&{input:{handoffId:t.id,reason:o.reason??"",feedback:o.feedback??"",expectedVersion:t.version}}})]:[],t))),this.group("With sales","working",n.filter(t=>t.stage==="ACCEPTED"||t.stage==="WORKING").map(t=>this.row(t,`${x(t.stage)} · ${t.owner?.name??""}`,[])))),this.tick()}mine(n){return!n.member||n.member.id===this.me?.id}group(n,a,r){return u("section",{id:a},u("h3",{},n,u("small",{},` ${r.length>=20?"the latest":r.length}`)),u("ul",{},...r.slice(0,20)))}row(n,a,r,t){let o=this.leads.get(n.id)??n;return u("li",{"data-lead":o.id,"data-handoff":t?.id,class:o.id===this.chosen?"chosen":""},u("button",{class:"lead",onclick:()=>{this.choose(o.id)}},u("b",{},V(o)),u("small",{},[o.contact.title,o.account?.name].filter(Boolean).join(", "))),u("span",{class:"about"},a),ie(o.openClock),...r)}button(n,a,r,t){return this.me?.department===a&&u("button",{class:"do",onclick:()=>{this.act(r,t)}},n)}async act(n,a){g("fault").textContent="";try{let r=await a();r&&await this.api.send(n,r)}catch(r){g("fault").textContent=String(r instanceof Error?r.message:r)}}tell(n,a,r,t,o){for(g(n).prepend(u("li",{"data-event":a},u("time",{},O(r))," ",o&&u("b",{},V(o)),` ${t}`));g(n).childElementCount>12;)g(n).lastElementChild?.remove()}async choose(n){this.chosen=n,this.draw();let{lead:a}=await this.api.send(Re,{lead:n});!a||this.chosen!==n||(g("timeline").replaceChildren(u("h2",{},V(a)),u("p",{},`${x(a.stage)} since ${O(a.stageSince)}`),ie(a.openClock)??"",u("ol",{},...a.timeline.nodes.map(r=>r.__typename==="Event"?u("li",{"data-event":r.id},u("time",{},O(r.at)),` ${r.summary}`,r.member&&u("small",{},` ${r.member.name}`)):u("li",{class:"touch"},u("time",{},O(r.occurredAt)),` ${x(r.kind)}${r.subject?`: ${r.subject}`:""}`)))),this.tick())}};async function Xe(){let e=await(await fetch("people.json")).json(),n=g("who");n.replaceChildren(...e.map(o=>u("option",{value:o.id},`${o.name}, ${o.department.toLowerCase()} ${o.role.toLowerCase()}`)));let a=Z().get("as");e.some(o=>o.id===a)&&(n.value=a);let r,t=async()=>{r?.end();let o=r=new ge(n.value);o.turn();try{await o.start()}catch(l){o===r&&(g("fault").textContent=String(l instanceof Error?l.message:l))}};n.addEventListener("change",()=>{location.hash=z("as",n.value),t()}),g("deal").addEventListener("change",()=>location.hash=z("deal",g("deal").value)),window.addEventListener("hashchange",()=>{r?.turn()}),setInterval(()=>r?.tick(),1e3),await t()}Xe();
