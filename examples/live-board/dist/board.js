function R(e){return e===null?"null":Array.isArray(e)?"array":typeof e}function $(e){return R(e)==="object"}function Qe(e){return Array.isArray(e)&&e.length>0&&e.every(n=>"message"in n)}function re(e,n){return e.length<124?e:n}var De="graphql-transport-ws";var N=(e=>(e[e.InternalServerError=4500]="InternalServerError",e[e.InternalClientError=4005]="InternalClientError",e[e.BadRequest=4400]="BadRequest",e[e.BadResponse=4004]="BadResponse",e[e.Unauthorized=4401]="Unauthorized",e[e.Forbidden=4403]="Forbidden",e[e.SubprotocolNotAcceptable=4406]="SubprotocolNotAcceptable",e[e.ConnectionInitialisationTimeout=4408]="ConnectionInitialisationTimeout",e[e.ConnectionAcknowledgementTimeout=4504]="ConnectionAcknowledgementTimeout",e[e.SubscriberAlreadyExists=4409]="SubscriberAlreadyExists",e[e.TooManyInitialisationRequests=4429]="TooManyInitialisationRequests",e))(N||{}),I=(e=>(e.ConnectionInit="connection_init",e.ConnectionAck="connection_ack",e.Ping="ping",e.Pong="pong",e.Subscribe="subscribe",e.Next="next",e.Error="error",e.Complete="complete",e))(I||{});function Te(e){if(!$(e))throw new Error(`Message is expected to be an object, but got ${R(e)}`);if(!e.type)throw new Error("Message is missing the 'type' property");if(typeof e.type!="string")throw new Error(`Message is expects the 'type' property to be a string, but got ${R(e.type)}`);switch(e.type){case"connection_init":case"connection_ack":case"ping":case"pong":{if(e.payload!=null&&!$(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break}case"subscribe":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!$(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${R(e.payload)}`);if(typeof e.payload.query!="string")throw new Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${R(e.payload.query)}`);if(e.payload.variables!=null&&!$(e.payload.variables))throw new Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${R(e.payload.variables)}`);if(e.payload.operationName!=null&&R(e.payload.operationName)!=="string")throw new Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${R(e.payload.operationName)}`);if(e.payload.extensions!=null&&!$(e.payload.extensions))throw new Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${R(e.payload.extensions)}`);break}case"next":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!$(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${R(e.payload)}`);break}case"error":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Qe(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break}case"complete":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${R(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);break}default:throw new Error(`Invalid message 'type' property "${e.type}"`)}return e}function be(e,n){return Te(typeof e=="string"?JSON.parse(e,n):e)}function W(e,n){return Te(e),JSON.stringify(e,n)}function oe(e){let{url:n,connectionParams:a,lazy:r=!0,onNonLazyError:t=console.error,lazyCloseTimeout:o=0,keepAlive:l=0,disablePong:i,connectionAckWaitTimeout:S=0,retryAttempts:_=5,retryWait:C=async function(f){let s=Math.pow(2,f);await new Promise(m=>setTimeout(m,s*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:E=ae,on:u,webSocketImpl:O,generateID:ee=function(){return"xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g,f=>{let s=Math.random()*16|0;return(f=="x"?s:s&3|8).toString(16)})},jsonMessageReplacer:H,jsonMessageReviver:j}=e,M;if(O){if(!ze(O))throw new Error("Invalid WebSocket implementation provided");M=O}else typeof WebSocket<"u"?M=WebSocket:typeof global<"u"?M=global.WebSocket||global.MozWebSocket:typeof window<"u"&&(M=window.WebSocket||window.MozWebSocket);if(!M)throw new Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let F=M,b=(()=>{let c=(()=>{let s={};return{on(m,y){return s[m]=y,()=>{delete s[m]}},emit(m){"id"in m&&s[m.id]?.(m)}}})(),f={connecting:u?.connecting?[u.connecting]:[],opened:u?.opened?[u.opened]:[],connected:u?.connected?[u.connected]:[],ping:u?.ping?[u.ping]:[],pong:u?.pong?[u.pong]:[],message:u?.message?[c.emit,u.message]:[c.emit],closed:u?.closed?[u.closed]:[],error:u?.error?[u.error]:[]};return{onMessage:c.on,on(s,m){let y=f[s];return y.push(m),()=>{let A=y.indexOf(m);A>-1&&y.splice(A,1)}},emit(s,...m){for(let y of[...f[s]])y(...m)}}})();function te(c){let f=[b.on("error",s=>{f.forEach(m=>m()),c(s)}),b.on("closed",s=>{f.forEach(m=>m()),c(s)})];return()=>f.forEach(s=>s())}let B,P=0,ne,Q=!1,J=0,fe=!1;async function ye(){clearTimeout(ne);let[c,f]=await(B??(B=new Promise((y,A)=>(async()=>{if(Q){if(await C(J),!P)return B=void 0,A({code:1e3,reason:"All Subscriptions Gone"});J++}b.emit("connecting",Q);let p=new F(typeof n=="function"?await n():n,De),k,v;function X(){isFinite(l)&&l>0&&(clearTimeout(v),v=setTimeout(()=>{p.readyState===F.OPEN&&(p.send(W({type:I.Ping})),b.emit("ping",!1,void 0))},l))}te(w=>{B=void 0,clearTimeout(k),clearTimeout(v),A(w),w instanceof q&&(p.close(4499,"Terminated"),p.onerror=null,p.onclose=null)}),p.onerror=w=>b.emit("error",w),p.onclose=w=>b.emit("closed",w),p.onopen=async()=>{try{b.emit("opened",p);let w=typeof a=="function"?await a():a;if(p.readyState!==F.OPEN)return;p.send(W(w?{type:I.ConnectionInit,payload:w}:{type:I.ConnectionInit},H)),isFinite(S)&&S>0&&(k=setTimeout(()=>{p.close(N.ConnectionAcknowledgementTimeout,"Connection acknowledgement timeout")},S)),X()}catch(w){b.emit("error",w),p.close(N.InternalClientError,re(w instanceof Error?w.message:String(w),"Internal client error"))}};let U=!1;p.onmessage=({data:w})=>{try{let T=be(w,j);if(b.emit("message",T),T.type==="ping"||T.type==="pong"){b.emit(T.type,!0,T.payload),T.type==="pong"?X():i||(p.send(W(T.payload?{type:I.Pong,payload:T.payload}:{type:I.Pong},H)),b.emit("pong",!1,T.payload));return}if(U)return;if(T.type!==I.ConnectionAck)throw new Error(`First message cannot be of type ${T.type}`);clearTimeout(k),U=!0,b.emit("connected",p,T.payload,Q),Q=!1,J=0;let he=new Promise((et,je)=>te(je));he.catch(()=>{}),y([p,he])}catch(T){p.onmessage=null,b.emit("error",T),p.close(N.BadResponse,re(T instanceof Error?T.message:String(T),"Bad response"))}}})())));c.readyState===F.CLOSING&&await f;let s=()=>{},m=new Promise(y=>s=y);return[c,s,new Promise((y,A)=>{let p=te(A);c.readyState!==F.OPEN&&f.catch(A),m.then(()=>{if(p(),!P){let k=()=>c.close(1e3,"Normal Closure");isFinite(o)&&o>0?(clearTimeout(ne),ne=setTimeout(()=>{!P&&c.readyState===F.OPEN&&k()},o)):k()}y()})})]}function Ae(c){if(ae(c)&&(qe(c.code)||[N.InternalServerError,N.InternalClientError,N.BadRequest,N.BadResponse,N.Unauthorized,N.SubprotocolNotAcceptable,N.SubscriberAlreadyExists,N.TooManyInitialisationRequests].includes(c.code)))throw c;if(fe)return!1;if(ae(c)&&c.code===1e3)return P>0;if(!_||J>=_||!E(c))throw c;return Q=!0}r||(async()=>{for(P++;;)try{let[,,c]=await ye();await c}catch(c){try{if(!Ae(c))return}catch(f){return t?.(f)}}})();function Se(c,f){let s=ee(c),m=!1,y=!1,A=()=>{P--,m=!0};return(async()=>{for(P++;;)try{let[p,k,v]=await ye();if(m)return v.catch(()=>{}),k();let X=b.onMessage(s,U=>{switch(U.type){case I.Next:{f.next(U.payload);return}case I.Error:{y=!0,m=!0,f.error(U.payload),A();return}case I.Complete:{m=!0,A();return}}});p.send(W({id:s,type:I.Subscribe,payload:c},H)),A=()=>{!m&&p.readyState===F.OPEN&&p.send(W({id:s,type:I.Complete},H)),P--,m=!0,k()},await v.finally(X);return}catch(p){if(!Ae(p))return}})().then(()=>{y||f.complete()}).catch(p=>{f.error(p)}),()=>{m||A()}}return{on:b.on,subscribe:Se,iterate(c){let f=[],s={done:!1,error:null,resolve:()=>{}},m=Se(c,{next(A){f.push(A),s.resolve()},error(A){s.done=!0,s.error=A,s.resolve()},complete(){s.done=!0,s.resolve()}}),y=(async function*(){for(;;){for(f.length||await new Promise(p=>s.resolve=p);f.length;)yield f.shift();if(s.error)throw s.error;if(s.done)return}})();return y.throw=async A=>(s.done||(s.done=!0,s.error=A,s.resolve()),{done:!0,value:void 0}),y.return=async()=>(m(),{done:!0,value:void 0}),y},async dispose(){if(fe=!0,B){let[c]=await B;c.close(1e3,"Normal Closure")}},terminate(){B&&b.emit("closed",new q)}}}var q=class extends Error{name="TerminatedCloseEvent";message="4499: Terminated";code=4499;reason="Terminated";wasClean=!1};function ae(e){return $(e)&&"code"in e&&"reason"in e}function qe(e){return[1e3,1001,1006,1005,1012,1013,1014].includes(e)?!1:e>=1e3&&e<=1999}function ze(e){return typeof e=="function"&&"constructor"in e&&"CLOSED"in e&&"CLOSING"in e&&"CONNECTING"in e&&"OPEN"in e}var Z=class{constructor(n,a){this.person=n;this.connected=a}person;connected;ahead=0;token;ended=new AbortController;socket=oe({url:`${location.origin.replace(/^http/,"ws")}/graphql`,connectionParams:async()=>({Authorization:await this.authorization()}),retryAttempts:0});async send(n,a){let r=await fetch("/graphql",{method:"POST",headers:{"content-type":"application/json",authorization:await this.authorization()},body:JSON.stringify({query:n.toString(),variables:a}),signal:this.ended.signal}),t=Date.parse(r.headers.get("date")??"");return t&&(this.ahead=t-Math.floor(Date.now()/1e3)*1e3),we(await r.json())}async follow(n,a,r){for(;!this.ended.signal.aborted;){try{for await(let t of this.socket.iterate({query:n.toString(),variables:{after:a}}))this.connected(!0),a=r(we(t))}catch(t){t instanceof Error&&console.info(t.message)}if(this.ended.signal.aborted)return;this.connected(!1),await new Promise(t=>setTimeout(t,500))}}watch(){this.socket.on("connected",()=>this.connected(!0))}end(){this.ended.abort(),this.socket.dispose()}async authorization(){if(!this.token||this.token.until<Date.now()){let n=await fetch("/playground/token",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({identity:this.person})});if(!n.ok)throw new Error(`This person could not sign in: ${(await n.text()).trim()}`);let{token:a,expiresIn:r}=await n.json();this.token={value:a,until:Date.now()+(r-30)*1e3}}return`Bearer ${this.token.value}`}};function we({data:e,errors:n}){if(n?.length||!e)throw new Error(n?.map(a=>a.message).join(" ")??"The server answered nothing.");return e}var h=class extends String{__apiType;value;__meta__;constructor(n,a){super(n),this.value=n,this.__meta__=a}toString(){return this.value}},lt=new h(`
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
    `,{fragmentName:"Countdown"}),ct=new h(`
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
}`,{fragmentName:"Card"}),ut=new h(`
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
}`,{fragmentName:"Baton"}),Ce=new h(`
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
    `),Re=new h(`
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
}`),xe=new h(`
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
}`),Ne=new h(`
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
}`),Ie=new h(`
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
}`),_e=new h(`
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
}`),Oe=new h(`
    mutation Offer($input: OfferLeadInput!) {
  offerLead(input: $input) {
    cursor
  }
}
    `),Le=new h(`
    mutation Accept($input: AcceptHandoffInput!) {
  acceptHandoff(input: $input) {
    cursor
  }
}
    `),ke=new h(`
    mutation Reject($input: RejectHandoffInput!) {
  rejectHandoff(input: $input) {
    cursor
  }
}
    `),Me=new h(`
    mutation Reply($input: ReplyToRejectionInput!) {
  replyToRejection(input: $input) {
    cursor
  }
}
    `),Pe=new h(`
    mutation TakeBack($input: TakeBackLeadInput!) {
  takeBackLead(input: $input) {
    cursor
  }
}
    `),$e=new h(`
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
    `),Fe=new h(`
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
    `);function d(e,n={},...a){let r=document.createElement(e);for(let[t,o]of Object.entries(n))typeof o=="function"?r.addEventListener(t.slice(2),o):o!==void 0&&r.setAttribute(t,o);return r.append(...a.filter(t=>t!=null&&t!==!1)),r}function D(e,n,...a){let r=document.createElementNS("http://www.w3.org/2000/svg",e);for(let[t,o]of Object.entries(n))r.setAttribute(t,String(o));return r.append(...a.filter(t=>t!=null&&t!==!1)),r}var z=()=>new URLSearchParams(location.hash.slice(1));function Y(e,n){let a=z();return n===void 0?a.delete(e):a.set(e,n),`#${a.toString()}`}function g(e){return document.getElementById(e)}var V=e=>e.contact.fullName??e.id,x=e=>e.charAt(0)+e.slice(1).toLowerCase().replaceAll("_"," "),L=e=>new Date(e).toLocaleString("en-GB",{day:"numeric",month:"short",hour:"2-digit",minute:"2-digit",second:"2-digit"});function ie(e){if(!e)return null;let n=e.state.toLowerCase();return d("span",{class:`clock ${n}`,title:`${x(e.stage)}: ${n}`},`${x(e.stage)} `,e.dueAt?d("time",{datetime:e.dueAt},"…"):n)}function Ge(e){for(let n of document.querySelectorAll(".clock time")){let a=Math.round((Date.parse(n.dateTime)-e)/1e3),r=a<0?`${Be(-a)} late`:Be(a);n.textContent!==r&&(n.textContent=r),n.parentElement.classList.toggle("late",a<0)}}function Be(e){let n=r=>String(Math.floor(r)).padStart(2,"0"),a=Math.floor(e/86400);return`${a?`${a} d `:""}${n(e%86400/3600)}:${n(e%3600/60)}:${n(e%60)}`}async function se(e,n){let a=g(e),r=a.querySelector("form");return r.reset(),a.querySelector(".about").textContent=n,a.returnValue="",a.showModal(),await new Promise(t=>a.addEventListener("close",t,{once:!0})),a.returnValue==="send"?Object.fromEntries([...new FormData(r)].map(([t,o])=>[t,String(o)])):void 0}var ce=[["FIRST","all to the first touch"],["POSITION","most to first and last"],["TIME_DECAY","more to what came late"]],ve=["MARKETING","SALES","NOBODY"],le=e=>e.department??"NOBODY",ue={MARKETING:"marketing",SALES:"sales",NOBODY:"the person’s own doing"},K=150,de=680,pe=735,Ue=960,me=96,He=34,Ye=2e3;async function We(e,n){let{deals:a}=await e.send($e,{}),r=g("deal");return r.replaceChildren(...a.nodes.map(t=>d("option",{value:t.id},`${t.name}, ${Ke(t.amountMinor,t.currency)}`))),a.nodes.some(t=>t.id===n)&&(r.value=n),r.value}async function Ve(e,n){let a=async i=>{let{node:S}=await e.send(Fe,{deal:n,models:ce.map(([_])=>_),after:i});return S&&"attribution"in S?S:void 0},r=await a(null),t=r?.attribution;if(!r||!t){g("chart").replaceChildren(d("p",{},r?"The credit of this deal was not frozen.":"Choose a deal that was won."));return}let o=[...t.touches.nodes];for(let i=t.touches.pageInfo;i.hasNextPage&&i.endCursor&&o.length<Ye;){let S=(await a(i.endCursor))?.attribution?.touches;if(!S)break;o.push(...S.nodes),i=S.pageInfo}if(g("deal").value!==n)return;g("chart").setAttribute("data-deal",n);let l=new Map(t.results.map(i=>[i.model,i]));g("chart").replaceChildren(d("p",{},`${Ke(r.amountMinor,r.currency)}, won ${L(r.closedAt??"")}, ${t.touches.totalCount} touches count. How much depends on the model: ${G(t.disagreement)}.`),d("p",{class:"legend"},...ve.map(i=>d("span",{class:i.toLowerCase()},ue[i]))),Je(r,o,i=>l.get(i)?.reason??""),...r.disputes.map(i=>d("p",{class:"dispute","data-dispute":i.id},`${x(i.claimant)} claims ${G(i.claimedShare)}: ${x(i.state).toLowerCase()}. `,i.ruling&&`${i.state==="SETTLED"?"Both departments signed":"Proposed is"}: marketing ${G(i.ruling.marketingShare)}, sales ${G(i.ruling.salesShare)}.`)))}function Je(e,n,a){let r=n.map(C=>Date.parse(C.occurredAt)),t=Date.parse(e.closedAt??e.openedAt),o=e.lead?.createdAt,l=Math.min(...r,Date.parse(o??e.openedAt)),i=C=>K+(de-K)*(C-l)/Math.max(t-l,1),S=He+ce.length*me,_=(C,E,u)=>D("g",{class:"mark"},D("line",{x1:i(Date.parse(C)),x2:i(Date.parse(C)),y1:6+u*12,y2:S}),D("text",{x:i(Date.parse(C))-4,y:12+u*12,"text-anchor":"end"},E));return D("svg",{viewBox:`0 0 ${Ue} ${S+26}`,role:"img","aria-label":`The journey of ${e.name}`},o&&_(o,"lead",1),_(e.openedAt,"deal",0),_(e.closedAt??e.openedAt,"won",1),...ce.map(([C,E],u)=>Xe(C,E,He+u*me,n,r.map(i),a(C))),D("text",{class:"axis",x:K,y:S+18},L(new Date(l).toISOString())),D("text",{class:"axis",x:de,y:S+18,"text-anchor":"end"},L(new Date(t).toISOString())),D("text",{class:"axis",x:pe,y:S+18},"by department"))}function Xe(e,n,a,r,t,o){let l=a+me/2,i=E=>E.credits.find(u=>u.model===e)?.share??0,S=r.map((E,u)=>({t:E,x:t[u]??K,r:Math.max(2,38*Math.sqrt(i(E)))})).sort((E,u)=>u.r-E.r).map(({t:E,x:u,r:O})=>D("circle",{class:le(E).toLowerCase(),cx:u,cy:l,r:O.toFixed(1),"data-share":i(E).toFixed(8)},D("title",{},`${E.touch?x(E.touch.kind):E.channelGroup}, ${L(E.occurredAt)}, ${ue[le(E)]}: ${G(i(E))}`))),_=pe,C=ve.flatMap(E=>{let u=r.filter(j=>le(j)===E).reduce((j,M)=>j+i(M),0),O=(Ue-10-pe)*u,ee=D("rect",{class:E.toLowerCase(),x:_,y:l-14,width:O.toFixed(1),height:28,"data-side":E,"data-share":u.toFixed(8)},D("title",{},`${ue[E]}: ${G(u)}`)),H=O>34&&D("text",{class:"part",x:_+O/2,y:l+4,"text-anchor":"middle"},G(u));return _+=O,[ee,H]});return D("g",{class:"lane","data-model":e},D("line",{class:"base",x1:K,x2:de,y1:l,y2:l}),D("text",{class:"model",x:0,y:l-3},x(e)),D("text",{class:"says",x:0,y:l+12},n),...S,...C,o&&D("text",{class:"says",x:K,y:l-8},o))}var G=e=>`${Math.round(e*100)} %`,Ke=(e,n)=>new Intl.NumberFormat("en-GB",{style:"currency",currency:n,maximumFractionDigits:0}).format(e/100);var ge=!1,Ee=class{api;leads=new Map;batons=new Map;me;chosen="";constructor(n){for(let a of["marketing","sales","news","alerts","timeline","fault"])g(a).replaceChildren();this.api=new Z(n,a=>{g("connection").textContent=a?"live":"reconnecting…",g("connection").className=a?"live":"away"}),this.api.watch()}async start(){let{eventCursor:n,viewer:a,reasons:r}=await this.api.send(Ce,{});this.me=a?.member,g("reason").replaceChildren(...r.filter(o=>o.active).map(o=>d("option",{value:o.key},o.label)));let t=await this.api.send(Re,{});[...t.qualified.nodes,...t.working.nodes].forEach(o=>this.leads.set(o.id,o)),[...t.offered.nodes,...t.rejected.nodes,...t.returned.nodes].forEach(o=>this.put(o)),this.draw(),this.api.follow(Ne,n,({handoffInbox:{cursor:o,event:l,handoff:i}})=>(i&&this.put(i),this.tell("news",l.id,l.at,l.summary,i?.lead),this.draw(),o)),this.api.follow(Ie,n,({leadEvents:{cursor:o,lead:l}})=>(l&&this.leads.set(l.id,l),l&&l.id===this.chosen&&this.choose(l.id),this.draw(),o)),this.api.follow(_e,n,({slaAlerts:{cursor:o,event:l,clock:i}})=>(i&&this.tell("alerts",l.id,l.at,`${x(i.department)}: ${x(i.stage)} ${l.kind==="CLOCK_WARNED"?"is nearly up":"ran out"}.`,i.lead),o))}end(){this.api.end()}tick(){Ge(Date.now()+this.api.ahead)}async turn(){let n=z().get("deal");if(g("to-credit").href=Y("deal",""),g("to-board").href=Y("deal"),g("credit").hidden=n===null,g("board").hidden=n!==null,n!==null)try{await Ve(this.api,await We(this.api,n))}catch(a){g("fault").textContent=String(a instanceof Error?a.message:a)}}put(n){this.batons.set(n.id,n),this.leads.set(n.lead.id,n.lead)}draw(){if(ge)return;let n=[...this.leads.values()].sort((t,o)=>o.stageSince.localeCompare(t.stageSince)),a=[...this.batons.values()].sort((t,o)=>o.offeredAt.localeCompare(t.offeredAt)),r=t=>a.filter(o=>o.state==="OFFERED"&&o.direction===t);g("marketing").replaceChildren(this.group("Qualified: to offer","qualified",n.filter(t=>t.stage==="QUALIFIED").map(t=>this.row(t,`${x(t.band??"unscored")} · ${t.score??"–"} points`,[this.button("Offer","MARKETING",Oe,()=>({input:{leadId:t.id}}))]))),this.group("Rejected: to answer","rejected",a.filter(t=>t.state==="REJECTED"&&!t.repliedAt).map(t=>this.row(t.lead,`${t.reason?.label??""}: ${t.feedback??""}`,[this.button("Reply","MARKETING",Me,async()=>{let o=await se("reply",V(t.lead));return o&&{input:{handoffId:t.id,reply:o.reply??""}}})],t))),this.group("Returned: to take back","returned",r("SALES_TO_MARKETING").map(t=>this.row(t.lead,t.reason?.label??"",[this.button("Take back","MARKETING",Pe,()=>({input:{leadId:t.lead.id}}))],t)))),g("sales").replaceChildren(this.group("Offered: to accept","offered",r("MARKETING_TO_SALES").map(t=>this.row(t.lead,t.member?`to ${t.member.name}`:`waits in ${t.queue}`,this.mine(t)?[this.button("Accept","SALES",Le,()=>({input:{handoffId:t.id,expectedVersion:t.version}})),this.button("Reject","SALES",ke,async()=>{let o=await se("reject",V(t.lead));return o&&{input:{handoffId:t.id,reason:o.reason??"",feedback:o.feedback??"",expectedVersion:t.version}}})]:[],t))),this.group("With sales","working",n.filter(t=>t.stage==="ACCEPTED"||t.stage==="WORKING").map(t=>this.row(t,`${x(t.stage)} · ${t.owner?.name??""}`,[])))),this.tick()}mine(n){return!n.member||n.member.id===this.me?.id}group(n,a,r){return d("section",{id:a},d("h3",{},n,d("small",{},` ${r.length>=20?"the latest":r.length}`)),d("ul",{},...r.slice(0,20)))}row(n,a,r,t){let o=this.leads.get(n.id)??n;return d("li",{"data-lead":o.id,"data-handoff":t?.id,class:o.id===this.chosen?"chosen":""},d("button",{class:"lead",onclick:()=>{this.choose(o.id)}},d("b",{},V(o)),d("small",{},[o.contact.title,o.account?.name].filter(Boolean).join(", "))),d("span",{class:"about"},a),ie(o.openClock),...r)}button(n,a,r,t){return this.me?.department===a&&d("button",{class:"do",onclick:()=>{this.act(r,t)}},n)}async act(n,a){g("fault").textContent="";try{let r=await a();r&&await this.api.send(n,r)}catch(r){g("fault").textContent=String(r instanceof Error?r.message:r)}}tell(n,a,r,t,o){for(g(n).prepend(d("li",{"data-event":a,"data-about":o?.id??""},d("time",{},L(r))," ",o&&d("b",{},V(o)),` ${t}`));g(n).childElementCount>12;)g(n).lastElementChild?.remove()}async choose(n){this.chosen=n,this.draw();let{lead:a}=await this.api.send(xe,{lead:n});!a||this.chosen!==n||(g("timeline").replaceChildren(d("h2",{},V(a)),d("p",{},`${x(a.stage)} since ${L(a.stageSince)}`),ie(a.openClock)??"",d("ol",{},...a.timeline.nodes.map(r=>r.__typename==="Event"?d("li",{"data-event":r.id},d("time",{},L(r.at)),` ${r.summary}`,r.member&&d("small",{},` ${r.member.name}`)):d("li",{class:"touch"},d("time",{},L(r.occurredAt)),` ${x(r.kind)}${r.subject?`: ${r.subject}`:""}`)))),this.tick())}};async function Ze(){let e=await(await fetch("people.json")).json(),n=g("who");n.replaceChildren(...e.map(o=>d("option",{value:o.id},`${o.name}, ${o.department.toLowerCase()} ${o.role.toLowerCase()}`)));let a=z().get("as");e.some(o=>o.id===a)&&(n.value=a);let r,t=async()=>{r?.end();let o=r=new Ee(n.value);o.turn();try{await o.start()}catch(l){o===r&&(g("fault").textContent=String(l instanceof Error?l.message:l))}};n.addEventListener("change",()=>{location.hash=Y("as",n.value),t()}),g("deal").addEventListener("change",()=>location.hash=Y("deal",g("deal").value)),window.addEventListener("hashchange",()=>{let o=z().get("as");if(o===n.value||!e.some(l=>l.id===o))return void r?.turn();n.value=o,t()}),window.addEventListener("pointerdown",()=>ge=!0,!0);for(let o of["pointerup","pointercancel"])window.addEventListener(o,()=>{ge=!1,setTimeout(()=>r?.draw())},!0);setInterval(()=>r?.tick(),1e3),await t()}Ze();
