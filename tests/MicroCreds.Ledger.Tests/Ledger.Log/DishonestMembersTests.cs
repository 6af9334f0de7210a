using System.Globalization;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>
/// Members that lie: as many as are short of the threshold, who are always refused; and all of them together where a
/// witness is needed, who are refused, or exposed by what they signed themselves. Each run has its seed, which a
/// failure names; TEST_SEED starts elsewhere, TEST_DISHONEST_RUNS has more of them.
/// </summary>
public sealed class DishonestMembersTests : IDisposable
{
    private const int MaxMembers = 7;

    private static readonly int First = Number("TEST_SEED", 1);
    private static readonly int Runs = Number("TEST_DISHONEST_RUNS", 200);

    private readonly Dictionary<(int, int, int), (SetClock Clock, LogProofVerifier Verifier)> _remembering = [];
    private readonly SampleIssuer _issuer = new();
    private readonly SimulatedCosigner[] _members =
        [.. Enumerable.Range(0, MaxMembers).Select(i => new SimulatedCosigner($"Member{i}MSP"))];

    private readonly SimulatedCosigner _witness = new("witness.example", isMember: false);
    private readonly SampleCohort[] _cohorts;

    public DishonestMembersTests() => _cohorts = [.. Enumerable.Range(0, 4).Select(_ => _issuer.Issue())];

    public void Dispose()
    {
        _issuer.Dispose();
        _witness.Dispose();
        foreach (var member in _members) member.Dispose();
    }

    /// <summary>
    /// The first credential is revoked; fewer members than are needed would have it in force. They have all signatures
    /// that the honest ones ever made, on all heads that there were.
    /// </summary>
    [Fact]
    public void FewerThanTheThreshold_NeverGetARevokedCredentialThrough()
    {
        foreach (int seed in Enumerable.Range(0, Runs).Select(i => unchecked(First + i)))
        {
            var random = new Random(seed);
            var (members, needed) = Consortium(random);
            var past = new Past(this, random, members);
            var liars = members.OrderBy(_ => random.Next()).Take(needed - 1).ToList();
            var (log, standing) = past.Lie(random);
            var head = log.Head(standing);

            // Honest signatures are taken from wherever there are any, on this text if it is an old one.
            var now = past.Log.Now;
            SignedNote[] heard = [.. past.Heads.Where(one => random.Next(3) > 0)];
            var stolen = heard.SelectMany(one => one.Signatures)
                .Where(one => !liars.Exists(liar => liar.Key.Id == one.KeyId));
            var note = new SignedNote(
                head.ToText(), [.. stolen, .. liars.Select(liar => liar.Sign(head, now.AddSeconds(random.Next(60))))]);
            if (!log.Leaves.Any(leaf => IsIssuanceOf(leaf, _cohorts[0]))) continue;

            var verdict = Verify(log.Prove(note, _cohorts[0], standing: standing), members, needed, 0, now);
            Assert.True(
                verdict.Kind != VerdictKind.Valid || verdict.InForceAsOf < past.RevokedAt,
                $"Seed {seed}: {verdict.Headline}");

            // The same lie as a filter, beside an honest proof of before the revocation.
            var filtered = Verify(past.EarlyProof, members, needed, 0, now, log.Filter(note, standing));
            Assert.True(
                filtered.Kind != VerdictKind.Valid || filtered.InForceAsOf < past.RevokedAt,
                $"Seed {seed}, by a filter: {filtered.Headline}");
        }
    }

    /// <summary>All members lie. What the witness signed last is what really was; so it signs no other past.</summary>
    [Fact]
    public void AllMembersTogether_AreRefusedByTheWitness_OrExposedByWhatTheySigned()
    {
        int refused = 0, exposed = 0;
        foreach (int seed in Enumerable.Range(0, Runs).Select(i => unchecked(First + i)))
        {
            var random = new Random(seed);
            var (members, needed) = Consortium(random);
            var past = new Past(this, random, members);
            var (log, standing) = past.Lie(random);
            if (random.Next(2) == 0) log.Issue(_cohorts[3]);
            standing ??= random.Next(2) == 0 ? null : log.Standing(leaf => !IsStatus(leaf));
            var (head, now) = (log.Head(standing), past.Log.Now);
            var signatures = members.Select(one => one.Sign(head, now)).ToList();
            var request = new WitnessRequest(
                past.Witnessed.Size,
                log.Leaves.Count >= past.Witnessed.Size ? log.Tree.ConsistencyProof(past.Witnessed.Size) : [],
                new SignedNote(head.ToText(), signatures));
            bool isWitnessed = WitnessRule.Judge(request, head, past.Witnessed) == WitnessVerdict.Cosign;
            if (isWitnessed) signatures.Add(_witness.Sign(head, now));
            if (!log.Leaves.Any(leaf => IsIssuanceOf(leaf, _cohorts[0]))) continue;

            var proof = log.Prove(new SignedNote(head.ToText(), signatures), _cohorts[0], standing: standing);
            var verdict = Verify(proof, members, needed, 1, now);
            if (verdict.Kind != VerdictKind.Valid)
            {
                refused++;
                continue;
            }

            Assert.True(isWitnessed, $"Seed {seed}: no witness signed it.");
            Assert.True(IsExposed(past, log, head, members, signatures), $"Seed {seed}: {verdict.Headline}");
            exposed++;
        }

        Assert.True(Runs < 50 || (refused > 0 && exposed > 0), $"{refused} refused, {exposed} exposed.");
    }

    private static int Number(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    private static bool IsStatus(LogLeaf leaf) => leaf.Type == StatusStatement.TypeName;

    private static bool IsIssuanceOf(LogLeaf leaf, SampleCohort cohort) =>
        leaf.Type == IssuanceStatement.TypeName
        && leaf.Statement!.Value.GetProperty("root").GetString() == cohort.Root;

    /// <summary>
    /// Whether anybody can show it: by what fsck finds in the leaves, or by a file of two heads that one key signed.
    /// </summary>
    private static bool IsExposed(
        Past past, SimulatedLog log, LogHead head, List<SimulatedCosigner> members,
        IReadOnlyList<NoteSignature> signatures)
    {
        var audit = new LogAudit();
        bool hasFault = log.Leaves.Any(leaf => audit.Read(leaf.ToBytes()) is not null);
        if (hasFault || !audit.Standing.ToLines().SequenceEqual(head.Extensions)) return true;
        var lie = new SignedNote(head.ToText(), signatures);
        return members.TrueForAll(one => past.Heads.Exists(note => IsShown(one.Key, past.Log, note, log, lie)));
    }

    /// <summary>Makes the file, and reads it as somebody would who has nothing else.</summary>
    private static bool IsShown(NoteKey key, SimulatedLog right, SignedNote signed, SimulatedLog wrong, SignedNote lie)
    {
        long size = LogHead.Parse(signed.Text).Size;
        var earlier = SimulatedLog.Of(right.Leaves.Take((int)size));
        int index = earlier.Leaves.Zip(wrong.Leaves)
            .TakeWhile(both => both.First.ToBytes().AsSpan().SequenceEqual(both.Second.ToBytes())).Count();
        var faces = index < earlier.Leaves.Count && index < wrong.Leaves.Count
            ? TwoFaces.Find(
                key, signed, LeafPlace.Of(earlier.Tree, index), lie, LeafPlace.Of(wrong.Tree, index), index)
            : TwoFaces.Find(key, signed, lie);
        return faces is not null && TwoFaces.Read(CanonicalJson.Serialize(faces)).Judge().IsProven;
    }

    private (List<SimulatedCosigner> Members, int Needed) Consortium(Random random)
    {
        int count = random.Next(2, MaxMembers + 1);
        return ([.. _members.Take(count)], random.Next((count / 2) + 1, count + 1));
    }

    private LogVerdict Verify(
        byte[] proof, List<SimulatedCosigner> members, int needed, int witnesses, DateTimeOffset now,
        StatusFilterFile? filter = null)
    {
        var trust = new LogTrust
        {
            Ledger = SimulatedLog.Ledger,
            Members = [.. members.Select(one => one.Trusted)],
            MembersNeeded = needed,
            Witnesses = [_witness.Trusted],
            WitnessesNeeded = witnesses,
        };
        var options = new LogProofOptions { Trust = trust, Filter = filter };
        var verdict = new LogProofVerifier(new FakeTimeProvider(now), options)
            .Verify(_cohorts[0].Documents[0], proof);
        if (filter is not null) return verdict;

        // Who remembers all that it saw in other runs says the same.
        var who = (members.Count, needed, witnesses);
        if (!_remembering.TryGetValue(who, out var known))
        {
            var clock = new SetClock();
            _remembering[who] = known = (clock, new LogProofVerifier(clock, options));
        }

        known.Clock.Now = now;
        var again = known.Verifier.Verify(_cohorts[0].Documents[0], proof);
        Assert.Equal(CanonicalJson.Serialize(verdict), CanonicalJson.Serialize(again));
        return verdict;
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>
    /// What really happened: credentials were issued, the first of them was revoked, heads were signed.
    /// </summary>
    private sealed class Past
    {
        private readonly DishonestMembersTests _test;
        private readonly SimulatedLog _before;

        public Past(DishonestMembersTests test, Random random, List<SimulatedCosigner> members)
        {
            _test = test;
            Log = SimulatedLog.Of(test._issuer);
            Log.Issue(test._cohorts[0]);
            if (random.Next(2) == 0) Log.Issue(test._cohorts[1]);
            Sign();
            _before = SimulatedLog.Of(Log.Leaves);
            RevokedAt = Log.Now;
            Log.Change(test._issuer.SetStatus(
                test._cohorts[0], 0, CredentialState.Revoked, StatusReason.IssuedInError));
            if (random.Next(2) == 0) Sign();
            if (random.Next(2) == 0) Log.Issue(test._cohorts[2]);
            Sign();
            Witnessed = LogHead.Parse(Heads[random.Next(Heads.Count)].Text);

            void Sign()
            {
                var head = Log.Head();
                var signatures = members.Select(one => one.Sign(head, Log.Now.AddSeconds(-1)));
                Heads.Add(new SignedNote(head.ToText(), [.. signatures]));
            }
        }

        public SimulatedLog Log { get; }

        public List<SignedNote> Heads { get; } = [];

        public DateTimeOffset RevokedAt { get; }

        /// <summary>Proves that the first credential was in force before.</summary>
        public byte[] EarlyProof => _before.Prove(Heads[0], _test._cohorts[0]);

        /// <summary>The head that the witness signed last.</summary>
        public LogHead Witnessed { get; }

        /// <summary>Another past: forked, rewound, with a hidden revocation, dated back.</summary>
        public (SimulatedLog Log, LogStanding? Standing) Lie(Random random)
        {
            switch (random.Next(5))
            {
                case 0:
                    // Forked before the revocation.
                    var fork = SimulatedLog.Of(_before.Leaves);
                    for (int i = random.Next(3); i >= 0; i--) fork.Issue(_test._cohorts[1 + random.Next(3)]);
                    return (fork, null);
                case 1:
                    return (_before, null);
                case 2:
                    // All leaves, and the revocation does not stand.
                    return (SimulatedLog.Of(Log.Leaves), Log.Standing(leaf => !IsStatus(leaf)));
                case 3:
                    // The revocation left out, and what came behind it moved up.
                    return (SimulatedLog.Of(Log.Leaves.Where(leaf => !IsStatus(leaf))), null);
                default:
                    // The issuance said to be older than it is.
                    return (SimulatedLog.Of(Log.Leaves.Where(leaf => !IsStatus(leaf)).Select(leaf =>
                        leaf.Type == IssuanceStatement.TypeName
                            ? leaf with { Moment = leaf.Moment.AddDays(-30) } : leaf)), null);
            }
        }
    }
}
