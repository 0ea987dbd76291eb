function C(e){return e===null?"null":Array.isArray(e)?"array":typeof e}function P(e){return C(e)==="object"}function je(e){return Array.isArray(e)&&e.length>0&&e.every(n=>"message"in n)}function re(e,n){return e.length<124?e:n}var he="graphql-transport-ws";var x=(e=>(e[e.InternalServerError=4500]="InternalServerError",e[e.InternalClientError=4005]="InternalClientError",e[e.BadRequest=4400]="BadRequest",e[e.BadResponse=4004]="BadResponse",e[e.Unauthorized=4401]="Unauthorized",e[e.Forbidden=4403]="Forbidden",e[e.SubprotocolNotAcceptable=4406]="SubprotocolNotAcceptable",e[e.ConnectionInitialisationTimeout=4408]="ConnectionInitialisationTimeout",e[e.ConnectionAcknowledgementTimeout=4504]="ConnectionAcknowledgementTimeout",e[e.SubscriberAlreadyExists=4409]="SubscriberAlreadyExists",e[e.TooManyInitialisationRequests=4429]="TooManyInitialisationRequests",e))(x||{}),N=(e=>(e.ConnectionInit="connection_init",e.ConnectionAck="connection_ack",e.Ping="ping",e.Pong="pong",e.Subscribe="subscribe",e.Next="next",e.Error="error",e.Complete="complete",e))(N||{});function De(e){if(!P(e))throw new Error(`Message is expected to be an object, but got ${C(e)}`);if(!e.type)throw new Error("Message is missing the 'type' property");if(typeof e.type!="string")throw new Error(`Message is expects the 'type' property to be a string, but got ${C(e.type)}`);switch(e.type){case"connection_init":case"connection_ack":case"ping":case"pong":{if(e.payload!=null&&!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break}case"subscribe":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${C(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${C(e.payload)}`);if(typeof e.payload.query!="string")throw new Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${C(e.payload.query)}`);if(e.payload.variables!=null&&!P(e.payload.variables))throw new Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${C(e.payload.variables)}`);if(e.payload.operationName!=null&&C(e.payload.operationName)!=="string")throw new Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${C(e.payload.operationName)}`);if(e.payload.extensions!=null&&!P(e.payload.extensions))throw new Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${C(e.payload.extensions)}`);break}case"next":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${C(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!P(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${C(e.payload)}`);break}case"error":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${C(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);if(!je(e.payload))throw new Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break}case"complete":{if(typeof e.id!="string")throw new Error(`"${e.type}" message expects the 'id' property to be a string, but got ${C(e.id)}`);if(!e.id)throw new Error(`"${e.type}" message requires a non-empty 'id' property`);break}default:throw new Error(`Invalid message 'type' property "${e.type}"`)}return e}function Te(e,n){return De(typeof e=="string"?JSON.parse(e,n):e)}function U(e,n){return De(e),JSON.stringify(e,n)}function oe(e){let{url:n,connectionParams:r,lazy:a=!0,onNonLazyError:t=console.error,lazyCloseTimeout:o=0,keepAlive:l=0,disablePong:i,connectionAckWaitTimeout:O=0,retryAttempts:D=5,retryWait:$=async function(f){let s=Math.pow(2,f);await new Promise(p=>setTimeout(p,s*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:g=ae,on:m,webSocketImpl:I,generateID:ee=function(){return"xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g,f=>{let s=Math.random()*16|0;return(f=="x"?s:s&3|8).toString(16)})},jsonMessageReplacer:H,jsonMessageReviver:j}=e,k;if(I){if(!qe(I))throw new Error("Invalid WebSocket implementation provided");k=I}else typeof WebSocket<"u"?k=WebSocket:typeof global<"u"?k=global.WebSocket||global.MozWebSocket:typeof window<"u"&&(k=window.WebSocket||window.MozWebSocket);if(!k)throw new Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let F=k,b=(()=>{let c=(()=>{let s={};return{on(p,y){return s[p]=y,()=>{delete s[p]}},emit(p){"id"in p&&s[p.id]?.(p)}}})(),f={connecting:m?.connecting?[m.connecting]:[],opened:m?.opened?[m.opened]:[],connected:m?.connected?[m.connected]:[],ping:m?.ping?[m.ping]:[],pong:m?.pong?[m.pong]:[],message:m?.message?[c.emit,m.message]:[c.emit],closed:m?.closed?[m.closed]:[],error:m?.error?[m.error]:[]};return{onMessage:c.on,on(s,p){let y=f[s];return y.push(p),()=>{let A=y.indexOf(p);A>-1&&y.splice(A,1)}},emit(s,...p){for(let y of[...f[s]])y(...p)}}})();function te(c){let f=[b.on("error",s=>{f.forEach(p=>p()),c(s)}),b.on("closed",s=>{f.forEach(p=>p()),c(s)})];return()=>f.forEach(s=>s())}let B,M=0,ne,Q=!1,Y=0,Ee=!1;async function fe(){clearTimeout(ne);let[c,f]=await(B??(B=new Promise((y,A)=>(async()=>{if(Q){if(await $(Y),!M)return B=void 0,A({code:1e3,reason:"All Subscriptions Gone"});Y++}b.emit("connecting",Q);let d=new F(typeof n=="function"?await n():n,he),L,v;function J(){isFinite(l)&&l>0&&(clearTimeout(v),v=setTimeout(()=>{d.readyState===F.OPEN&&(d.send(U({type:N.Ping})),b.emit("ping",!1,void 0))},l))}te(w=>{B=void 0,clearTimeout(L),clearTimeout(v),A(w),w instanceof q&&(d.close(4499,"Terminated"),d.onerror=null,d.onclose=null)}),d.onerror=w=>b.emit("error",w),d.onclose=w=>b.emit("closed",w),d.onopen=async()=>{try{b.emit("opened",d);let w=typeof r=="function"?await r():r;if(d.readyState!==F.OPEN)return;d.send(U(w?{type:N.ConnectionInit,payload:w}:{type:N.ConnectionInit},H)),isFinite(O)&&O>0&&(L=setTimeout(()=>{d.close(x.ConnectionAcknowledgementTimeout,"Connection acknowledgement timeout")},O)),J()}catch(w){b.emit("error",w),d.close(x.InternalClientError,re(w instanceof Error?w.message:String(w),"Internal client error"))}};let W=!1;d.onmessage=({data:w})=>{try{let T=Te(w,j);if(b.emit("message",T),T.type==="ping"||T.type==="pong"){b.emit(T.type,!0,T.payload),T.type==="pong"?J():i||(d.send(U(T.payload?{type:N.Pong,payload:T.payload}:{type:N.Pong},H)),b.emit("pong",!1,T.payload));return}if(W)return;if(T.type!==N.ConnectionAck)throw new Error(`First message cannot be of type ${T.type}`);clearTimeout(L),W=!0,b.emit("connected",d,T.payload,Q),Q=!1,Y=0;let Se=new Promise((Xe,Ke)=>te(Ke));Se.catch(()=>{}),y([d,Se])}catch(T){d.onmessage=null,b.emit("error",T),d.close(x.BadResponse,re(T instanceof Error?T.message:String(T),"Bad response"))}}})())));c.readyState===F.CLOSING&&await f;let s=()=>{},p=new Promise(y=>s=y);return[c,s,new Promise((y,A)=>{let d=te(A);c.readyState!==F.OPEN&&f.catch(A),p.then(()=>{if(d(),!M){let L=()=>c.close(1e3,"Normal Closure");isFinite(o)&&o>0?(clearTimeout(ne),ne=setTimeout(()=>{!M&&c.readyState===F.OPEN&&L()},o)):L()}y()})})]}function ye(c){if(ae(c)&&(Qe(c.code)||[x.InternalServerError,x.InternalClientError,x.BadRequest,x.BadResponse,x.Unauthorized,x.SubprotocolNotAcceptable,x.SubscriberAlreadyExists,x.TooManyInitialisationRequests].includes(c.code)))throw c;if(Ee)return!1;if(ae(c)&&c.code===1e3)return M>0;if(!D||Y>=D||!g(c))throw c;return Q=!0}a||(async()=>{for(M++;;)try{let[,,c]=await fe();await c}catch(c){try{if(!ye(c))return}catch(f){return t?.(f)}}})();function Ae(c,f){let s=ee(c),p=!1,y=!1,A=()=>{M--,p=!0};return(async()=>{for(M++;;)try{let[d,L,v]=await fe();if(p)return v.catch(()=>{}),L();let J=b.onMessage(s,W=>{switch(W.type){case N.Next:{f.next(W.payload);return}case N.Error:{y=!0,p=!0,f.error(W.payload),A();return}case N.Complete:{p=!0,A();return}}});d.send(U({id:s,type:N.Subscribe,payload:c},H)),A=()=>{!p&&d.readyState===F.OPEN&&d.send(U({id:s,type:N.Complete},H)),M--,p=!0,L()},await v.finally(J);return}catch(d){if(!ye(d))return}})().then(()=>{y||f.complete()}).catch(d=>{f.error(d)}),()=>{p||A()}}return{on:b.on,subscribe:Ae,iterate(c){let f=[],s={done:!1,error:null,resolve:()=>{}},p=Ae(c,{next(A){f.push(A),s.resolve()},error(A){s.done=!0,s.error=A,s.resolve()},complete(){s.done=!0,s.resolve()}}),y=(async function*(){for(;;){for(f.length||await new Promise(d=>s.resolve=d);f.length;)yield f.shift();if(s.error)throw s.error;if(s.done)return}})();return y.throw=async A=>(s.done||(s.done=!0,s.error=A,s.resolve()),{done:!0,value:void 0}),y.return=async()=>(p(),{done:!0,value:void 0}),y},async dispose(){if(Ee=!0,B){let[c]=await B;c.close(1e3,"Normal Closure")}},terminate(){B&&b.emit("closed",new q)}}}var q=class extends Error{name="TerminatedCloseEvent";message="4499: Terminated";code=4499;reason="Terminated";wasClean=!1};function ae(e){return P(e)&&"code"in e&&"reason"in e}function Qe(e){return[1e3,1001,1006,1005,1012,1013,1014].includes(e)?!1:e>=1e3&&e<=1999}function qe(e){return typeof e=="function"&&"constructor"in e&&"CLOSED"in e&&"CLOSING"in e&&"CONNECTING"in e&&"OPEN"in e}var X=class{constructor(n,r){this.person=n;this.connected=r}person;connected;ahead=0;token;ended=new AbortController;socket=oe({url:`${location.origin.replace(/^http/,"ws")}/graphql`,connectionParams:async()=>({Authorization:await this.authorization()}),retryAttempts:0});async send(n,r){let a=await fetch("/graphql",{method:"POST",headers:{"content-type":"application/json",authorization:await this.authorization()},body:JSON.stringify({query:n.toString(),variables:r}),signal:this.ended.signal}),t=Date.parse(a.headers.get("date")??"");return t&&(this.ahead=t-Math.floor(Date.now()/1e3)*1e3),be(await a.json())}async follow(n,r,a){for(;!this.ended.signal.aborted;){try{for await(let t of this.socket.iterate({query:n.toString(),variables:{after:r}}))this.connected(!0),r=a(be(t))}catch(t){t instanceof Error&&console.info(t.message)}if(this.ended.signal.aborted)return;this.connected(!1),await new Promise(t=>setTimeout(t,500))}}watch(){this.socket.on("connected",()=>this.connected(!0))}end(){this.ended.abort(),this.socket.dispose()}async authorization(){if(!this.token||this.token.until<Date.now()){let n=await fetch("/playground/token",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({identity:this.person})});if(!n.ok)throw new Error(`This person could not sign in: ${(await n.text()).trim()}`);let{token:r,expiresIn:a}=await n.json();this.token={value:r,until:Date.now()+(a-30)*1e3}}return`Bearer ${this.token.value}`}};function be({data:e,errors:n}){if(n?.length||!e)throw new Error(n?.map(r=>r.message).join(" ")??"The server answered nothing.");return e}var S=class extends String{__apiType;value;__meta__;constructor(n,r){super(n),this.value=n,this.__meta__=r}toString(){return this.value}},it=new S(`
    fragment Countdown on Clock {
  id
  stage
  state
  department
  dueAt
}
    `,{fragmentName:"Countdown"}),st=new S(`
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
}`,{fragmentName:"Card"}),lt=new S(`
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
}`,{fragmentName:"Baton"}),we=new S(`
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
    `),Ce=new S(`
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
}`),Re=new S(`
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
}`),xe=new S(`
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
}`),Ne=new S(`
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
}`),Ie=new S(`
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
}`),_e=new S(`
    mutation Offer($input: OfferLeadInput!) {
  offerLead(input: $input) {
    cursor
  }
}
    `),Oe=new S(`
    mutation Accept($input: AcceptHandoffInput!) {
  acceptHandoff(input: $input) {
    cursor
  }
}
    `),Le=new S(`
    mutation Reject($input: RejectHandoffInput!) {
  rejectHandoff(input: $input) {
    cursor
  }
}
    `),ke=new S(`
    mutation Reply($input: ReplyToRejectionInput!) {
  replyToRejection(input: $input) {
    cursor
  }
}
    `),Me=new S(`
    mutation TakeBack($input: TakeBackLeadInput!) {
  takeBackLead(input: $input) {
    cursor
  }
}
    `),Pe=new S(`
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
    `),$e=new S(`
    query Credit($deal: ID!, $models: [AttributionModel!]!) {
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
        touches(first: 250) {
          totalCount
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
    `);function u(e,n={},...r){let a=document.createElement(e);for(let[t,o]of Object.entries(n))typeof o=="function"?a.addEventListener(t.slice(2),o):o!==void 0&&a.setAttribute(t,o);return a.append(...r.filter(t=>t!=null&&t!==!1)),a}function h(e,n,...r){let a=document.createElementNS("http://www.w3.org/2000/svg",e);for(let[t,o]of Object.entries(n))a.setAttribute(t,String(o));return a.append(...r.filter(t=>t!=null&&t!==!1)),a}var Z=()=>new URLSearchParams(location.hash.slice(1));function z(e,n){let r=Z();return n===void 0?r.delete(e):r.set(e,n),`#${r.toString()}`}function E(e){return document.getElementById(e)}var V=e=>e.contact.fullName??e.id,R=e=>e.charAt(0)+e.slice(1).toLowerCase().replaceAll("_"," "),_=e=>new Date(e).toLocaleString("en-GB",{day:"numeric",month:"short",hour:"2-digit",minute:"2-digit",second:"2-digit"});function ie(e){if(!e)return null;let n=e.state.toLowerCase();return u("span",{class:`clock ${n}`,title:`${R(e.stage)}: ${n}`},`${R(e.stage)} `,e.dueAt?u("time",{datetime:e.dueAt},"…"):n)}function Be(e){for(let n of document.querySelectorAll(".clock time")){let r=Math.round((Date.parse(n.dateTime)-e)/1e3),a=r<0?`${Fe(-r)} late`:Fe(r);n.textContent!==a&&(n.textContent=a),n.parentElement.classList.toggle("late",r<0)}}function Fe(e){let n=a=>String(Math.floor(a)).padStart(2,"0"),r=Math.floor(e/86400);return`${r?`${r} d `:""}${n(e%86400/3600)}:${n(e%3600/60)}:${n(e%60)}`}async function se(e,n){let r=E(e),a=r.querySelector("form");return a.reset(),r.querySelector(".about").textContent=n,r.returnValue="",r.showModal(),await new Promise(t=>r.addEventListener("close",t,{once:!0})),r.returnValue==="send"?Object.fromEntries([...new FormData(a)].map(([t,o])=>[t,String(o)])):void 0}var ce=[["FIRST","all to the first touch"],["POSITION","most to the first and the last"],["TIME_DECAY","more to what came late"]],He=["MARKETING","SALES","NOBODY"],le=e=>e.department??"NOBODY",ue={MARKETING:"marketing",SALES:"sales",NOBODY:"the person’s own doing"},K=150,de=680,pe=735,ve=960,me=96,Ge=34;async function We(e,n){let{deals:r}=await e.send(Pe,{}),a=E("deal");return a.replaceChildren(...r.nodes.map(t=>u("option",{value:t.id},`${t.name}, ${Ve(t.amountMinor,t.currency)}`))),r.nodes.some(t=>t.id===n)&&(a.value=n),a.value}async function Ue(e,n){let{node:r}=await e.send($e,{deal:n,models:ce.map(([i])=>i)}),a=r&&"attribution"in r?r:void 0,t=a?.attribution;if(!a||!t){E("chart").replaceChildren(u("p",{},a?"The credit of this deal was not frozen.":"Choose a deal that was won."));return}let o=t.touches.nodes,l=new Map(t.results.map(i=>[i.model,i]));E("chart").replaceChildren(u("p",{},`${Ve(a.amountMinor,a.currency)}, won ${_(a.closedAt??"")}, ${t.touches.totalCount} touches count. How much depends on the model: ${G(t.disagreement)}.`),u("p",{class:"legend"},...He.map(i=>u("span",{class:i.toLowerCase()},ue[i]))),ze(a,o,i=>l.get(i)?.reason??""),...a.disputes.map(i=>u("p",{class:"dispute","data-dispute":i.id},`${R(i.claimant)} claims ${G(i.claimedShare)}: ${R(i.state).toLowerCase()}. `,i.ruling&&`${i.state==="SETTLED"?"Both departments signed":"Proposed is"}: marketing ${G(i.ruling.marketingShare)}, sales ${G(i.ruling.salesShare)}.`)))}function ze(e,n,r){let a=n.map(D=>Date.parse(D.occurredAt)),t=Date.parse(e.closedAt??e.openedAt),o=Math.min(...a,Date.parse(e.lead.createdAt)),l=D=>K+(de-K)*(D-o)/Math.max(t-o,1),i=Ge+ce.length*me,O=(D,$,g)=>h("g",{class:"mark"},h("line",{x1:l(Date.parse(D)),x2:l(Date.parse(D)),y1:6+g*12,y2:i}),h("text",{x:l(Date.parse(D))-4,y:12+g*12,"text-anchor":"end"},$));return h("svg",{viewBox:`0 0 ${ve} ${i+26}`,role:"img","aria-label":`The journey of ${e.name}`},O(e.lead.createdAt,"lead",1),O(e.openedAt,"deal",0),O(e.closedAt??e.openedAt,"won",1),...ce.map(([D,$],g)=>Ye(D,$,Ge+g*me,n,a.map(l),r(D))),h("text",{class:"axis",x:K,y:i+18},_(new Date(o).toISOString())),h("text",{class:"axis",x:de,y:i+18,"text-anchor":"end"},_(new Date(t).toISOString())),h("text",{class:"axis",x:pe,y:i+18},"by department"))}function Ye(e,n,r,a,t,o){let l=r+me/2,i=g=>g.credits.find(m=>m.model===e)?.share??0,O=a.map((g,m)=>({t:g,x:t[m]??K,r:Math.max(2,38*Math.sqrt(i(g)))})).sort((g,m)=>m.r-g.r).map(({t:g,x:m,r:I})=>h("circle",{class:le(g).toLowerCase(),cx:m,cy:l,r:I.toFixed(1),"data-share":i(g).toFixed(4)},h("title",{},`${g.touch?R(g.touch.kind):g.channelGroup}, ${_(g.occurredAt)}, ${ue[le(g)]}: ${G(i(g))}`))),D=pe,$=He.flatMap(g=>{let m=a.filter(j=>le(j)===g).reduce((j,k)=>j+i(k),0),I=(ve-10-pe)*m,ee=h("rect",{class:g.toLowerCase(),x:D,y:l-14,width:I.toFixed(1),height:28,"data-side":g,"data-share":m.toFixed(4)},h("title",{},`${ue[g]}: ${G(m)}`)),H=I>34&&h("text",{class:"part",x:D+I/2,y:l+4,"text-anchor":"middle"},G(m));return D+=I,[ee,H]});return h("g",{class:"lane","data-model":e},h("line",{class:"base",x1:K,x2:de,y1:l,y2:l}),h("text",{class:"model",x:0,y:l-3},R(e)),h("text",{class:"says",x:0,y:l+12},n),...O,...$,o&&h("text",{class:"says",x:K,y:l-8},o))}var G=e=>`${Math.round(e*100)} %`,Ve=(e,n)=>new Intl.NumberFormat("en-GB",{style:"currency",currency:n,maximumFractionDigits:0}).format(e/100);var ge=class{api;leads=new Map;batons=new Map;me;chosen="";constructor(n){for(let r of["marketing","sales","news","alerts","timeline","fault"])E(r).replaceChildren();this.api=new X(n,r=>{E("connection").textContent=r?"live":"reconnecting…",E("connection").className=r?"live":"away"}),this.api.watch()}async start(){let{eventCursor:n,viewer:r,reasons:a}=await this.api.send(we,{});this.me=r?.member,E("reason").replaceChildren(...a.filter(o=>o.active).map(o=>u("option",{value:o.key},o.label)));let t=await this.api.send(Ce,{});[...t.qualified.nodes,...t.working.nodes].forEach(o=>this.leads.set(o.id,o)),[...t.offered.nodes,...t.rejected.nodes,...t.returned.nodes].forEach(o=>this.put(o)),this.draw(),this.api.follow(xe,n,({handoffInbox:{cursor:o,event:l,handoff:i}})=>(i&&this.put(i),this.tell("news",l.id,l.at,l.summary,i?.lead),this.draw(),o)),this.api.follow(Ne,n,({leadEvents:{cursor:o,lead:l}})=>(l&&this.leads.set(l.id,l),l&&l.id===this.chosen&&this.choose(l.id),this.draw(),o)),this.api.follow(Ie,n,({slaAlerts:{cursor:o,event:l,clock:i}})=>(i&&this.tell("alerts",l.id,l.at,`${R(i.department)}: ${R(i.stage)} ${l.kind==="CLOCK_WARNED"?"is nearly up":"ran out"}.`,i.lead),o))}end(){this.api.end()}tick(){Be(Date.now()+this.api.ahead)}async turn(){let n=Z().get("deal");if(E("to-credit").href=z("deal",""),E("to-board").href=z("deal"),E("credit").hidden=n===null,E("board").hidden=n!==null,n!==null)try{await Ue(this.api,await We(this.api,n))}catch(r){E("fault").textContent=String(r instanceof Error?r.message:r)}}put(n){this.batons.set(n.id,n),this.leads.set(n.lead.id,n.lead)}draw(){let n=[...this.leads.values()].sort((t,o)=>o.stageSince.localeCompare(t.stageSince)),r=[...this.batons.values()].sort((t,o)=>o.offeredAt.localeCompare(t.offeredAt)),a=t=>r.filter(o=>o.state==="OFFERED"&&o.direction===t);E("marketing").replaceChildren(this.group("Qualified: to offer","qualified",n.filter(t=>t.stage==="QUALIFIED").map(t=>this.row(t,`${R(t.band??"unscored")} · ${t.score??"–"} points`,[this.button("Offer","MARKETING",_e,()=>({input:{leadId:t.id}}))]))),this.group("Rejected: to answer","rejected",r.filter(t=>t.state==="REJECTED"&&!t.repliedAt).map(t=>this.row(t.lead,`${t.reason?.label??""}: ${t.feedback??""}`,[this.button("Reply","MARKETING",ke,async()=>{let o=await se("reply",V(t.lead));return o&&{input:{handoffId:t.id,reply:o.reply??""}}})],t))),this.group("Returned: to take back","returned",a("SALES_TO_MARKETING").map(t=>this.row(t.lead,t.reason?.label??"",[this.button("Take back","MARKETING",Me,()=>({input:{leadId:t.lead.id}}))],t)))),E("sales").replaceChildren(this.group("Offered: to accept","offered",a("MARKETING_TO_SALES").map(t=>this.row(t.lead,t.member?`to ${t.member.name}`:`waits in ${t.queue}`,this.mine(t)?[this.button("Accept","SALES",Oe,()=>({input:{handoffId:t.id,expectedVersion:t.version}})),this.button("Reject","SALES",Le,async()=>{let o=await se("reject",V(t.lead));return o&&{input:{handoffId:t.id,reason:o.reason??"",feedback:o.feedback??"",expectedVersion:t.version}}})]:[],t))),this.group("With sales","working",n.filter(t=>t.stage==="ACCEPTED"||t.stage==="WORKING").map(t=>this.row(t,`${R(t.stage)} · ${t.owner?.name??""}`,[])))),this.tick()}mine(n){return!n.member||n.member.id===this.me?.id}group(n,r,a){return u("section",{id:r},u("h3",{},n,u("small",{},` ${a.length>=20?"the latest":a.length}`)),u("ul",{},...a.slice(0,20)))}row(n,r,a,t){let o=this.leads.get(n.id)??n;return u("li",{"data-lead":o.id,"data-handoff":t?.id,class:o.id===this.chosen?"chosen":""},u("button",{class:"lead",onclick:()=>{this.choose(o.id)}},u("b",{},V(o)),u("small",{},[o.contact.title,o.account?.name].filter(Boolean).join(", "))),u("span",{class:"about"},r),ie(o.openClock),...a)}button(n,r,a,t){return this.me?.department===r&&u("button",{class:"do",onclick:()=>{this.act(a,t)}},n)}async act(n,r){E("fault").textContent="";try{let a=await r();a&&await this.api.send(n,a)}catch(a){E("fault").textContent=String(a instanceof Error?a.message:a)}}tell(n,r,a,t,o){for(E(n).prepend(u("li",{"data-event":r},u("time",{},_(a))," ",o&&u("b",{},V(o)),` ${t}`));E(n).childElementCount>12;)E(n).lastElementChild?.remove()}async choose(n){this.chosen=n,this.draw();let{lead:r}=await this.api.send(Re,{lead:n});!r||this.chosen!==n||(E("timeline").replaceChildren(u("h2",{},V(r)),u("p",{},`${R(r.stage)} since ${_(r.stageSince)}`),ie(r.openClock)??"",u("ol",{},...r.timeline.nodes.map(a=>a.__typename==="Event"?u("li",{"data-event":a.id},u("time",{},_(a.at)),` ${a.summary}`,a.member&&u("small",{},` ${a.member.name}`)):u("li",{class:"touch"},u("time",{},_(a.occurredAt)),` ${R(a.kind)}${a.subject?`: ${a.subject}`:""}`)))),this.tick())}};async function Je(){let e=await(await fetch("people.json")).json(),n=E("who");n.replaceChildren(...e.map(o=>u("option",{value:o.id},`${o.name}, ${o.department.toLowerCase()} ${o.role.toLowerCase()}`)));let r=Z().get("as");e.some(o=>o.id===r)&&(n.value=r);let a,t=async()=>{a?.end();let o=a=new ge(n.value);o.turn();try{await o.start()}catch(l){o===a&&(E("fault").textContent=String(l instanceof Error?l.message:l))}};n.addEventListener("change",()=>{location.hash=z("as",n.value),t()}),E("deal").addEventListener("change",()=>location.hash=z("deal",E("deal").value)),window.addEventListener("hashchange",()=>{a?.turn()}),setInterval(()=>a?.tick(),1e3),await t()}Je();
