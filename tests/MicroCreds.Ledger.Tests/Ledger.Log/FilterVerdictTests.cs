using System.Text;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>Credentials verified by an old proof and the filter of all that is not in force.</summary>
public sealed class FilterVerdictTests : IDisposable
{
    private readonly SimulatedConsortium _consortium = new();
    private readonly SampleIssuer _issuer;
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;

    public FilterVerdictTests()
    {
        _issuer = _consortium.Issuer;
        _cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public void OldProof_WithANewFilter_SaysWhatIsInForceNow()
    {
        var time = _consortium.Time;
        byte[] proof = Prove(), neighbour = Prove(index: 1);
        time.Advance(TimeSpan.FromDays(400));
        Say(CredentialState.Revoked, StatusReason.Misconduct);
        var filter = Filter();
        AssertStatus(LogCheckCodes.NotInForce, VerdictKind.Invalid, proof, filter);
        var verdict = _consortium.Verifier(maxAge: TimeSpan.FromDays(1), filter: filter)
            .Verify(_cohort.Documents[1], neighbour);
        Assert.Equal((VerdictKind.Valid, time.GetUtcNow()), (verdict.Kind, verdict.InForceAsOf));
        Assert.StartsWith("In force as of 2027-04-06", verdict.Headline, StringComparison.Ordinal);

        // By itself it is as old as it is, and a filter that is older than a proof is passed over.
        Assert.Equal(VerdictKind.Valid, _consortium.Verifier().Verify(_cohort.Documents[0], proof).Kind);
        byte[] fresh = Prove();
        Say(CredentialState.Suspended, StatusReason.UnderReview, index: 1);
        verdict = _consortium.Verifier(filter: filter).Verify(_cohort.Documents[1], Prove(index: 1));
        Assert.Contains(verdict.Notices, notice => notice.Code == LogCheckCodes.FilterOlder);
        Assert.Contains(verdict.Checks, check => check.Code == CheckCodes.Suspended);
        AssertStatus(LogCheckCodes.NotInForce, VerdictKind.Invalid, fresh, Filter());
    }

    /// <summary>Each of its bits may be an entry: none is kept before it is known whose word the filter is.</summary>
    [Fact]
    public void Filter_OfMillionsOfEntries_TakesNoMoreMemoryThanItsBytes()
    {
        // Eight leaves of a million entries each: a gap of 0, the number in 24 bits, and a bit for each index.
        const int LeafCount = 8, Entries = 1 << 20;
        var bits = new List<byte>();
        var writer = new RiceWriter(bits);
        for (int leaf = 0; leaf < LeafCount; leaf++)
        {
            writer.Write(0, 0);
            writer.Write((2L * Entries) - 1, RiceWriter.MaxBits);
            for (int index = 0; index < Entries; index++) writer.Write(0, 0);
        }

        byte[] segment = [LeafCount, RiceWriter.MaxBits >> 3, (RiceWriter.MaxBits & 7) << 5, .. bits];
        var content = new List<byte> { 1, 0 };
        Varint.WriteCounted(content, segment);
        byte[] bytes = [.. content];
        var note = _consortium.Signed(_log);
        var file = new StatusFilterFile(null, _log.Standing().Issuers.Prove(LogStanding.FilterKey), bytes, note);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(file.Open);
        Assert.Equal((long)LeafCount * Entries, StatusFilter.Parse(bytes).Entries);
        Assert.False(StatusFilter.Parse(bytes).Lists(LeafCount, 0));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 10L * bytes.Length);

        // Changes say how many they are, and are fewer than both filters have entries.
        var changes = new StatusFilterFile(
            _log.Leaves.Count, _log.Standing().Issuers.Prove(LogStanding.FilterKey), bytes, note);
        var earlier = Filter();
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => earlier.With(changes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 10L * bytes.Length);
    }

    [Fact]
    public void Filter_ThatIsNotTheOneOfItsHead_OrThatTooFewSigned_LeavesItOpen()
    {
        byte[] proof = Prove(), earlier = Prove(index: 1);
        var empty = Filter();
        Say(CredentialState.Revoked, StatusReason.Misconduct, index: 1);
        var note = _consortium.Signed(_log);
        string honest = Encoding.UTF8.GetString(_log.Filter(note).ToBytes());
        string old = Encoding.UTF8.GetString(empty.ToBytes());

        // Nothing listed, by the head that names a filter; and the proof that none is named, of an older head.
        string[] files =
        [
            Replaced(honest, "filter ", old), Replaced(Replaced(honest, "filter ", old), "proof ", old),
            Replaced(honest, "proof ", old),
        ];
        foreach (string file in files)
        {
            var forged = StatusFilterFile.Parse(Encoding.UTF8.GetBytes(file));
            Assert.Throws<FormatException>(() => forged.Open());
            AssertFault(LogCheckCodes.FilterNotProven, proof, forged);
        }

        AssertFault(
            LogCheckCodes.TooFewSigned, proof, _log.Filter(new SignedNote(note.Text, [.. note.Signatures.Skip(1)])));

        // Nor does one that too few signed take from a proof what that says, or say anything by itself.
        var unsigned = _log.Filter(new SignedNote(note.Text, [.. note.Signatures.Skip(1)]));
        byte[] revoked = _log.Prove(note, _cohort, index: 1);
        var verdict = _consortium.Verifier(filter: unsigned).Verify(_cohort.Documents[1], revoked);
        Assert.Contains(verdict.Checks, check => check.Code == CheckCodes.Revoked);
        verdict = _consortium.Verifier(filter: unsigned).Verify(_cohort.Documents[1], earlier);
        Assert.DoesNotContain(verdict.Checks, check => check.Code == LogCheckCodes.NotInForce);
        Assert.Equal(honest, Encoding.UTF8.GetString(StatusFilterFile.Parse(Encoding.UTF8.GetBytes(honest)).ToBytes()));
        foreach (string part in new[] { "status-filter/v1", "\nproof ", "\nfilter " })
        {
            byte[] broken = Encoding.UTF8.GetBytes(honest.Replace(part, part + "x", StringComparison.Ordinal));
            Assert.Throws<FormatException>(() => StatusFilterFile.Parse(broken));
        }
    }

    [Fact]
    public void Changes_MakeTheNewFilterOfTheOldOne_AndOfNoOther()
    {
        Say(CredentialState.Suspended, StatusReason.UnderReview);
        var (before, old) = (_log.Standing().Filter, Filter());
        Say(CredentialState.InForce, reason: null);
        Say(CredentialState.Revoked, StatusReason.Misconduct, index: 1);
        var standing = _log.Standing();
        var proof = standing.Issuers.Prove(LogStanding.FilterKey);
        byte[] content = before.With(standing.Filter.All()).ToBytes();
        var changes = StatusFilterFile.Parse(
            new StatusFilterFile(_log.Leaves.Count - 2, proof, content, _consortium.Signed(_log)).ToBytes());
        var now = old.With(changes);
        Assert.Equal(standing.Filter.ToBytes(), now.Open().ToBytes());
        Assert.Null(now.Since);
        Assert.Throws<FormatException>(() => changes.Open());
        Assert.Throws<FormatException>(() => now.With(changes));

        // What is older takes nothing back, whole or as changes, and another log's is none.
        Assert.Throws<FormatException>(() => now.With(old));
        Assert.Throws<FormatException>(
            () => now.With(new StatusFilterFile(_log.Leaves.Count, proof, before.ToBytes(), old.Head)));
        Assert.Same(now, old.With(now));
        var wrong = new StatusFilterFile(changes.Since, proof, before.ToBytes(), changes.Head);
        Assert.Throws<FormatException>(() => old.With(wrong));
    }

    /// <summary>
    /// Whatever happens, the filter lists what a new proof would not let pass, for whatever reason, and nothing else.
    /// </summary>
    [Fact]
    public void Filter_ListsWhatNewProofsDoNotLetPass()
    {
        SampleCohort[] cohorts =
            [_cohort, _issuer.Issue([SampleIssuer.Request("A"), SampleIssuer.Request("B")], signedBy: "key-2")];
        _log.Issue(cohorts[1]);
        var keys = _issuer.Institution.Keys;
        var random = new Random(20261130);
        int listed = 0;
        for (int step = 0; step < 120; step++)
        {
            var cohort = cohorts[random.Next(2)];
            string key = keys[random.Next(2)].Id;
            if (random.Next(4) == 0)
            {
                DateTimeOffset? since = random.Next(3) == 0
                    ? null : SampleIssuer.IssuedAt.AddMinutes(random.Next(_log.Leaves.Count + 1));
                var changed = keys.Single(one => one.Id == key) with { CompromisedSince = since };
                _log.Record(LeafTypes.Key, new KeyLeaf("AuroraMSP", changed));
            }
            else
            {
                string[] states = [CredentialState.InForce, CredentialState.Suspended, CredentialState.Revoked];
                string state = states[random.Next(random.Next(8) == 0 ? 3 : 2)];
                string? reason = state == CredentialState.InForce ? null : StatusReason.UnderReview;
                _log.Change(_issuer.SetStatus(cohort, random.Next(2), state, reason, signedBy: key));
            }

            var note = _consortium.Signed(_log);
            var (standing, filter) = (_log.Standing(), _log.Filter(note).Open());
            foreach (var (one, index) in cohorts.SelectMany(one => new[] { (one, 0), (one, 1) }))
            {
                var proof = _log.Prove(note, one, index, standing);
                bool passes = _consortium.Verifier().Verify(one.Documents[index], proof).Kind == VerdictKind.Valid;
                bool isListed = filter.Lists(one == _cohort ? 4 : 5, index);
                Assert.True(passes != isListed, $"Step {step}: {one.Root[..8]} {index} passes: {passes}.");
                if (isListed) listed++;
            }
        }

        Assert.InRange(listed, 50, 430);
    }

    private static string Replaced(string file, string word, string other)
    {
        string LineOf(string text) =>
            text.Split('\n').Single(line => line.StartsWith(word, StringComparison.Ordinal));
        return file.Replace(LineOf(file), LineOf(other), StringComparison.Ordinal);
    }

    private void Say(string state, string? reason, int index = 0) =>
        _log.Change(_issuer.SetStatus(_cohort, index, state, reason));

    private byte[] Prove(int index = 0) => _log.Prove(_consortium.Signed(_log), _cohort, index);

    private StatusFilterFile Filter() => _log.Filter(_consortium.Signed(_log));

    private void AssertStatus(string code, VerdictKind kind, byte[] proof, StatusFilterFile filter)
    {
        var verdict = _consortium.Verifier(filter: filter).Verify(_cohort.Documents[0], proof);
        Assert.Equal(
            (kind, code), (verdict.Kind, verdict.Checks.Single(check => check.Name == CheckNames.Status).Code));
    }

    private void AssertFault(string code, byte[] proof, StatusFilterFile filter)
    {
        var verdict = _consortium.Verifier(filter: filter).Verify(_cohort.Documents[0], proof);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(code, verdict.Checks.Single(check => check.Name == LogCheckNames.Filter).Code);
    }
}
