using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A credential proven without a network by a head that members and a witness signed.</summary>
public sealed class LogProofTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();
    private readonly SimulatedCosigner[] _members =
        [new("AuroraMSP"), new("LindenMSP"), new("MeridianMSP"), new("TejoMSP")];

    private readonly SimulatedCosigner _witness = new("witness.example", isMember: false);
    private readonly FakeTimeProvider _time = new(SampleIssuer.IssuedAt.AddDays(1));
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;

    public LogProofTests()
    {
        _cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    private LogTrust Trust => new()
    {
        Ledger = SimulatedLog.Ledger,
        Members = [.. _members.Select(one => one.Trusted)],
        Witnesses = [_witness.Trusted],
        WitnessesNeeded = 1,
    };

    public void Dispose()
    {
        _issuer.Dispose();
        _witness.Dispose();
        foreach (var member in _members) member.Dispose();
    }

    [Fact]
    public void Credential_IsInForce_ByTheWordOfThoseWhoSigned()
    {
        var head = _log.Head();
        var now = _time.GetUtcNow();
        var note = new SignedNote(head.ToText(),
        [
            _members[0].Sign(head, now.AddHours(-1)), _members[1].Sign(head, now.AddHours(-3)),
            _members[2].Sign(head, now.AddHours(-2)), _witness.Sign(head, now.AddHours(-2.5)),
        ]);
        var verdict = Verify(_log.Prove(note, _cohort));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);

        // Three of four are needed, so that it is as of the third.
        Assert.Equal(
            "In force as of 2026-03-02T09:00:00Z, by the word of AuroraMSP, LindenMSP, MeridianMSP and the witness "
            + "witness.example.",
            verdict.Headline);
        Assert.Equal("Maija Esimerkki", verdict.Credential!.Recipient);
        Assert.All(verdict.Checks, check => Assert.Equal(CheckOutcome.Pass, check.Outcome));
        Assert.Equal(VerdictKind.Valid, Verify(_log.Prove(note, _cohort, 1), 1).Kind);
    }

    [Fact]
    public void WhatWasSaidOfIt_Counts_AndOldProofsSayAsOfWhen()
    {
        byte[] before = _log.Prove(Signed(), _cohort);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Suspended, StatusReason.UnderReview));
        AssertFault(CheckCodes.Suspended, VerdictKind.Invalid, _log.Prove(Signed(), _cohort));
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.InForce, reason: null));
        var again = Verify(_log.Prove(Signed(), _cohort));
        Assert.Equal(VerdictKind.Valid, again.Kind);
        Assert.Contains(again.Notices, notice => notice.Code == CheckCodes.ReinstatedEarlier);
        var next = new CredentialReference(new string('d', 64), 3, "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e");
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Revoked, StatusReason.Superseded, next));
        byte[] after = _log.Prove(Signed(), _cohort);
        AssertFault(CheckCodes.Superseded, VerdictKind.Invalid, after);
        Assert.Equal(next, Verify(after).ReplacedBy);
        Assert.Equal(VerdictKind.Valid, Verify(_log.Prove(Signed(), _cohort, 1), 1).Kind);

        var old = Verify(before);
        Assert.Equal((VerdictKind.Valid, SampleIssuer.IssuedAt.AddDays(1)), (old.Kind, old.InForceAsOf));
        _time.Advance(TimeSpan.FromDays(3));
        AssertFault(LogCheckCodes.TooOld, VerdictKind.Indeterminate, before, maxAge: TimeSpan.FromDays(2));
    }

    [Fact]
    public void KeyThatWasStolen_CountsByTheMomentOfTheBlock()
    {
        var stolen = _issuer.Institution.Keys[0] with { CompromisedSince = _log.Leaves[^1].Moment };
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.Suspended, StatusReason.UnderReview));
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.InForce, reason: null));
        byte[] before = _log.Prove(Signed(), _cohort);
        _log.Record(LeafTypes.Key, new KeyLeaf("AuroraMSP", stolen));
        Assert.Equal(VerdictKind.Valid, Verify(before).Kind);
        AssertFault(CheckCodes.KeyCompromised, VerdictKind.Invalid, _log.Prove(Signed(), _cohort));

        // Stolen after the issuance, and before the suspension was lifted.
        _log.Record(LeafTypes.Key, new KeyLeaf(
            "AuroraMSP", stolen with { CompromisedSince = stolen.CompromisedSince!.Value.AddSeconds(1) }));
        var verdict = Verify(_log.Prove(Signed(), _cohort));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.KeyCompromisedLater);
        AssertFault(
            CheckCodes.StatusKeyCompromised, VerdictKind.Indeterminate, _log.Prove(Signed(), _cohort, 1), index: 1);
    }

    [Fact]
    public void ProofOfAnother_OrOfAChangedCredential_ProvesNothing()
    {
        var other = _issuer.Issue();
        _log.Issue(other);
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.Suspended, StatusReason.UnderReview));
        var note = Signed();
        AssertFault(CheckCodes.AnchorMismatch, VerdictKind.Invalid, _log.Prove(note, other));
        AssertFault(LogCheckCodes.StandingNotProven, VerdictKind.Invalid, _log.Prove(note, _cohort, 1));
        var file = LogProofFile.Parse(_log.Prove(note, _cohort));
        AssertFault(
            LogCheckCodes.NotInTheLog, VerdictKind.Invalid, (file with { Index = file.Index + 1 }).ToBytes());
        AssertFault(
            LogCheckCodes.NotInTheLog, VerdictKind.Invalid, (file with { Path = [.. file.Path.Take(1)] }).ToBytes());

        var changed = JsonNode.Parse(_cohort.Documents[0])!;
        changed["credentialSubject"]!["name"] = "Somebody Else";
        var verdict = Verifier().Verify(Encoding.UTF8.GetBytes(changed.ToJsonString()), file.ToBytes());
        Assert.Contains(verdict.Checks, check => check.Code == CheckCodes.InclusionMismatch);
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
    }

    [Fact]
    public void Head_ThatTooFewSigned_CountsForNothing()
    {
        var head = _log.Head();
        var now = _time.GetUtcNow();
        var all = Signed();
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures.Skip(2)));
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures.SkipLast(1)));

        // Nobody counts twice, and no name helps without its key.
        var twice = Enumerable.Repeat(_members[0], 5).Select((one, i) => one.Sign(head, now.AddSeconds(-i)));
        AssertFault(
            LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove([.. twice, all.Signatures[^1]]));
        var renamed = all.Signatures.Select((one, i) =>
            i == 0 ? new NoteSignature(_members[3].Key.Name, _members[3].Key.Id, one.Bytes) : one);
        AssertFault(
            LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove([renamed.First(), .. all.Signatures.Skip(1)
                .Where(one => one.Name != _members[1].Key.Name)]));

        // A signature that a key made when it was not the member's any more.
        var retired = Trust with
        {
            Members =
            [
                .. Trust.Members.Select((one, i) => i > 1 ? one : one with
                {
                    Keys = [one.Keys[0] with { Until = now }],
                }),
            ],
        };
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures), trust: retired);
        AssertFault(
            LogCheckCodes.FromTheFuture, VerdictKind.Invalid,
            _log.Prove(Signed(now.AddHours(1)), _cohort));
        AssertFault(
            CheckCodes.OtherLedger, VerdictKind.Invalid, Prove(all.Signatures), trust: Trust with { Ledger = "other" });

        byte[] Prove(IEnumerable<NoteSignature> signatures) =>
            _log.Prove(new SignedNote(head.ToText(), [.. signatures]), _cohort);
    }

    [Fact]
    public void Issuer_WhomNobodyConfirmed_OrWhoBearsAnothersName_IsNotTaken()
    {
        var log = SimulatedLog.Of(_issuer, isConfirmed: false);
        log.Issue(_cohort);
        AssertFault(CheckCodes.IssuerUnconfirmed, VerdictKind.Indeterminate, log.Prove(Signed(log: log), _cohort));
        log.Record(LeafTypes.Identity, new IdentityLeaf(
            "AuroraMSP", 0, _issuer.Institution.Identities[0] with { Did = "did:web:elsewhere.example" }));
        AssertFault(CheckCodes.IssuerMismatch, VerdictKind.Invalid, log.Prove(Signed(log: log), _cohort));
    }

    [Theory]
    [InlineData("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2")]
    [InlineData("extra ", "xtra ")]
    [InlineData("extra ", "extra AAAA")]
    [InlineData("index 4", "index 04")]
    [InlineData("index 4\n", "index 4\nAAAA\n")]
    [InlineData("\n\ncredentials\n", "\ncredentials\n")]
    [InlineData("\n\ncredentials\n5", "\n\ncredentials\nfive")]
    public void File_InAnotherForm_ProvesNothing(string part, string other)
    {
        string file = Encoding.UTF8.GetString(_log.Prove(Signed(), _cohort));
        Assert.Contains(part, file, StringComparison.Ordinal);
        string changed = file.Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(VerdictKind.Valid, Verify(Encoding.UTF8.GetBytes(changed)).Kind);
    }

    [Theory]
    [InlineData("\"LogTrust\"", "\"LedgerTrust\"", "/type")]
    [InlineData("\"members\":[", "\"members\":[null,", "/members/0")]
    [InlineData("\"witnessesNeeded\":1", "\"witnessesNeeded\":2", "/witnessesNeeded")]
    [InlineData("\"witnessesNeeded\":1", "\"membersNeeded\":5,\"witnessesNeeded\":1", "/membersNeeded")]
    [InlineData("\"key\":\"AuroraMSP", "\"key\":\"AurorMSP", "/members/0/keys/0/key")]
    [InlineData("\"witnesses\"", "\"witnessed\"", "/witnessed")]
    public void TrustFile_WithAFault_IsRefusedAtItsPlace(string part, string other, string place)
    {
        string file = Encoding.UTF8.GetString(CanonicalJson.Serialize(Trust));
        Assert.Equal(3, LogTrust.Read(Encoding.UTF8.GetBytes(file)).Threshold);
        Assert.Contains(part, file, StringComparison.Ordinal);
        var fault = Assert.Throws<StrictJsonException>(() => LogTrust.Read(
            Encoding.UTF8.GetBytes(file.Replace(part, other, StringComparison.Ordinal))));
        Assert.Equal(place, fault.Path);
    }

    [Fact]
    public void TrustFile_WithAKeyTwice_IsRefused()
    {
        var twice = Trust with { Members = [.. Trust.Members, Trust.Members[0] with { Name = "Another" }] };
        Assert.Throws<StrictJsonException>(() => LogTrust.Read(CanonicalJson.Serialize(twice)));
    }

    /// <summary>The reader of the page says the same as the library, of whatever it is given.</summary>
    [Fact]
    public async Task PlainJavaScript_ComesToTheSameVerdicts()
    {
        var cancelled = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("log", cancelled);
        byte[] early = _log.Prove(Signed(), _cohort);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Suspended, StatusReason.UnderReview));
        byte[] suspended = _log.Prove(Signed(), _cohort);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.InForce, reason: null));
        byte[] reinstated = _log.Prove(Signed(), _cohort);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Revoked, StatusReason.Misconduct));
        byte[] revoked = _log.Prove(Signed(), _cohort), neighbour = _log.Prove(Signed(), _cohort, 1);
        _log.Record(LeafTypes.Key, new KeyLeaf(
            "AuroraMSP", _issuer.Institution.Keys[0] with { CompromisedSince = SampleIssuer.IssuedAt }));
        var few = Signed();
        var file = LogProofFile.Parse(early);
        string document = Encoding.UTF8.GetString(_cohort.Documents[0]);
        (string Document, byte[] Proof, TimeSpan? MaxAge)[] cases =
        [
            (document, early, null), (document, suspended, null), (document, reinstated, null),
            (document, revoked, null), (document, neighbour, null),
            (Encoding.UTF8.GetString(_cohort.Documents[1]), neighbour, null),
            (document, _log.Prove(Signed(), _cohort), null),
            (document, _log.Prove(Signed(_time.GetUtcNow().AddHours(1)), _cohort), null),
            (document, _log.Prove(Signed(_time.GetUtcNow().AddHours(-9)), _cohort), TimeSpan.FromHours(8)),
            (document, _log.Prove(new SignedNote(few.Text, [.. few.Signatures.Skip(1)]), _cohort), null),
            (document, (file with { Index = file.Index + 1 }).ToBytes(), null), (document, early[..^9], null),
            (document.Replace("Maija", "Mirja", StringComparison.Ordinal), early, null), ("{}", early, null),
        ];
        string trust = Encoding.UTF8.GetString(CanonicalJson.Serialize(Trust));
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var input = new JsonArray([.. cases.Select(one => new JsonObject
        {
            ["credential"] = one.Document,
            ["proof"] = Encoding.UTF8.GetString(one.Proof),
            ["trust"] = trust,
            ["now"] = now,
            ["maxAge"] = one.MaxAge?.TotalMilliseconds,
        })]);
        string folder = Directory.CreateTempSubdirectory("proofs-").FullName;
        try
        {
            string reader = Path.Combine(folder, "reader.mjs"), asked = Path.Combine(folder, "cases.json");
            File.Copy(
                Path.Combine(Repository.Root, "gateway/MicroCreds.Ledger.Gateway/Pages/log-proof.js"), reader);
            await File.WriteAllTextAsync(asked, input.ToJsonString(), cancelled);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["proofs.mjs", reader, asked], programs), Until.Patience, cancelled);
            Assert.True(exitCode == 0, output);
            string[] expected = [.. cases.Select(one => Tell(one.Document, one.Proof, one.MaxAge))];
            string[] found = [.. JsonNode.Parse(output)!.AsArray().Select(one =>
                $"{one!["verdict"]} {one["asOf"]} {string.Join(',', one["codes"]!.AsArray())}")];
            Assert.Equal(expected, found);
            Assert.Equal(3, expected.Count(one => one.StartsWith("valid", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Tell(string credential, byte[] proof, TimeSpan? maxAge)
        {
            var verdict = Verifier(maxAge: maxAge).Verify(Encoding.UTF8.GetBytes(credential), proof);
            var codes = verdict.Checks.Select(one =>
                $"{one.Name} {one.Outcome.ToString().ToLowerInvariant()} {one.Code}");
            return $"{verdict.Kind.ToString().ToLowerInvariant()} {verdict.InForceAsOf?.ToUnixTimeMilliseconds()} "
                + string.Join(',', codes);
        }
    }

    /// <summary>As many hashes as a log of a million statements has, and a tree of ten thousand credentials.</summary>
    [Fact]
    public void Proof_InALogOfAMillion_IsSmall()
    {
        var file = LogProofFile.Parse(_log.Prove(Signed(), _cohort));
        string[] Siblings(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))];
        byte[] grown = (file with
        {
            Index = 999_999,
            Path = [.. Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetBytes(32))],
            Evidence = file.Evidence with
            {
                Credential = new()
                {
                    Siblings = Siblings(14),
                    Other = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)),
                },
                Issuer = file.Evidence.Issuer with { Siblings = Siblings(5) },
            },
        }).ToBytes();
        TestContext.Current.TestOutputHelper?.WriteLine($"{file.ToBytes().Length} and {grown.Length} bytes");
        Assert.InRange(grown.Length, 1, 4096);
    }

    private SignedNote Signed(DateTimeOffset? time = null, SimulatedLog? log = null)
    {
        var head = (log ?? _log).Head();
        var signers = _members.Take(3).Append(_witness);
        return new SignedNote(head.ToText(), [.. signers.Select(one => one.Sign(head, time ?? _time.GetUtcNow()))]);
    }

    private LogProofVerifier Verifier(LogTrust? trust = null, TimeSpan? maxAge = null) =>
        new(_time, new LogProofOptions { Trust = trust ?? Trust, MaxAge = maxAge });

    private LogVerdict Verify(byte[] proof, int index = 0) => Verifier().Verify(_cohort.Documents[index], proof);

    private void AssertFault(
        string code, VerdictKind kind, byte[] proof, LogTrust? trust = null, TimeSpan? maxAge = null, int index = 0)
    {
        var verdict = Verifier(trust, maxAge).Verify(_cohort.Documents[index], proof);
        Assert.Equal(kind, verdict.Kind);
        Assert.Contains(
            verdict.Checks,
            check => check.Code == code && check.Outcome is CheckOutcome.Fail or CheckOutcome.Unknown);
    }
}
