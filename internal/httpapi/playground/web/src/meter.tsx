import type { Answer } from './fetcher';

const number = new Intl.NumberFormat('en');

/** The cost meter below an answer: what it cost, and what is left of the caller's budget. */
export function Meter({ answer }: { answer?: Answer }) {
  if (!answer) return <div className="lg-meter">Run an operation to see what it costs.</div>;
  const { cost, millis, bytes } = answer;
  return (
    <div className="lg-meter" role="status" aria-label="Cost of the last answer">
      {cost ? <CostLine {...cost} /> : <span>no cost reported</span>}
      <span className="lg-meter-end">
        {number.format(Math.round(millis))} ms · {size(bytes)}
      </span>
    </div>
  );
}

function CostLine({ requested, actual, throttle }: NonNullable<Answer['cost']>) {
  return (
    <>
      <span title="Cost: what the answer took, of what the operation could have taken at most">
        cost <b>{number.format(actual)}</b> of {number.format(requested)} requested
      </span>
      {throttle && (
        <span className="lg-budget" title={`Your budget refills by ${number.format(throttle.restoreRate)} a second`}>
          <meter min={0} max={throttle.maximumAvailable} low={throttle.maximumAvailable / 5} value={throttle.currentlyAvailable} />
          {number.format(Math.floor(throttle.currentlyAvailable))} of {number.format(throttle.maximumAvailable)} left, +
          {number.format(throttle.restoreRate)}/s
        </span>
      )}
    </>
  );
}

function size(bytes: number) {
  return bytes < 1024 ? `${bytes} B` : `${number.format(Math.round(bytes / 102.4) / 10)} KB`;
}
