using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>What the library refuses is never valid on /verify/offline.</summary>
public sealed class PageStrictnessTests : IDisposable
{
    private readonly SimulatedConsortium _consortium = new();
    private readonly SampleIssuer _issuer;
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;

    public PageStrictnessTests()
    {
        _issuer = _consortium.Issuer;
        _cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    private string Document => Encoding.UTF8.GetString(_cohort.Documents[0]);

    private string Other => Encoding.UTF8.GetString(_cohort.Documents[1]);

    private string Trust => Text(_consortium.Trust);

    public void Dispose() => _consortium.Dispose();

    /// <summary>Under another spelling of its index nothing was said of a revoked credential.</summary>
    [Fact]
    public async Task RevokedCredential_WhoseAnchorIsInAnotherForm_IsNotInForce()
    {
        Revoke(0);
        Revoke(1);
        string filter = Encoding.UTF8.GetString(_log.Filter(_consortium.Signed(_log)).ToBytes());
        var cases = new List<GivenFiles>();
        foreach (var (document, index, spellings) in ((string, int, string[])[])
            [
                (Document, 0, ["false", "\"\"", "\"0\"", "[]", "[0]", "null", "0.0", "-0", "0e0", "\"0x0\"", "{}"]),
                (Other, 1, ["true", "\"1\"", "[1]", "[[1]]", "1.0", "10e-1", "\"0x1\"", "1.5"]),
            ])
        {
            foreach (string spelling in spellings)
            {
                byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes(
                    $"[\"credential\",\"AuroraMSP\",\"{_cohort.Root}\",{spelling}]"));
                string proof = Encoding.UTF8.GetString(
                    _log.Prove(_consortium.Signed(_log), _cohort, index, key: key));
                string forged = Replaced(document, $"\"index\":{index},", $"\"index\":{spelling},");
                cases.Add(new GivenFiles(forged, proof, Trust));
                cases.Add(new GivenFiles(forged, proof, Trust, Filter: filter));
            }
        }

        Assert.DoesNotContain("valid", await AssertNoneIsTakenThatIsRefusedAsync([.. cases]));
    }

    [Fact]
    public async Task Document_InAnotherForm_IsRefusedAsByTheLibrary()
    {
        string root = _cohort.Root, hash = new('0', 64);
        string[] forms =
        [
            Document,
            Replaced(Document, "\"name\":\"Maija", "\"name\":\"Mallory\",\"name\":\"Maija"),
            Replaced(Document, "\"name\":\"Maija", "\"n\\u0061me\":\"Mallory\",\"name\":\"Maija"),
            Replaced(Document, "\"index\":0,", "\"index\":1,\"index\":0,"),
            Replaced(Document, "\"index\":0,", "\"index\":0,\"extra\":1,"),
            Replaced(Document, "\"index\":0,", "\"index\":0,\"__proto__\":{},"),
            Replaced(Document, "\"index\":0,", ""),
            Replaced(Document, "\"index\":0,", "\"index\":0,\"transactionId\":null,"),
            Replaced(Document, $"\"root\":\"{root}\"", $"\"root\":[\"{root}\"]"),
            Replaced(Document, $"\"root\":\"{root}\"", $"\"root\":\"{root.ToUpperInvariant()}\""),
            Replaced(Document, "\"size\":2", "\"size\":2.0"), Replaced(Document, "\"size\":2", "\"size\":\"2\""),
            Replaced(Document, "\"mspId\":\"AuroraMSP\"", "\"mspId\":[\"AuroraMSP\"]"),
            Replaced(Document, "\"keyId\":\"key-1\"", "\"keyId\":[\"key-1\"]"),
            Replaced(Document, "\"type\":\"LedgerAnchor\"", "\"type\":\"Other\""),
            Replaced(Document, "\"path\":[\"", "\"path\":[[\""),
            Replaced(Document, "\"path\":[\"", $"\"path\":[\"{hash}\",\""),
            Replaced(Document, "\"proof\":", "\"proof\":{},\"proofs\":"),
            Replaced(Document, "\"proof\":", "\"_sd\":[\"x\"],\"proof\":"),
            Replaced(Document, "\"proof\":", "\"\\ud800\":1,\"proof\":"),
            Replaced(Document, "\"proof\":", "\"more\":1e400,\"proof\":"),
            Replaced(Document, "\"proof\":", "\"more\":9007199254740993,\"proof\":"),
            Replaced(Document, "\"proof\":", "\"more\":[" + new string('[', 40) + new string(']', 40) + "],\"proof\":"),
            Replaced(Document, "\"leafSalt\":\"", "\"leafSalt\":\"+"),
            Replaced(Document, "\"cryptosuite\":\"ecdsa-jcs-2019\"", "\"cryptosuite\":\"other\""),
            Replaced(Document, "\"cryptosuite\":", "\"expires\":\"2020-01-01T00:00:00Z\",\"cryptosuite\":"),
            Replaced(Document, "\"proofValue\":\"z", "\"proofValue\":\"u"),
            Replaced(Document, "\"proofPurpose\":\"assertionMethod\"", "\"proofPurpose\":\"authentication\""),
            $"[{Document}]", Document + "{}", Document[..^1], "\ufeff" + Document, " \n" + Document + "\r\n\t",
            Document[..^1] + ",}", Document.Replace("\"size\":2", "\"size\":02", StringComparison.Ordinal), "",
            "null",
        ];
        string proof = Encoding.UTF8.GetString(Prove());
        var kinds = await AssertNoneIsTakenThatIsRefusedAsync(
            [.. forms.Select(one => new GivenFiles(one, proof, Trust))]);

        // With white space around it, or a byte order mark before it, it is the same document.
        Assert.Equal(3, kinds.Count(one => one == "valid"));
    }

    [Fact]
    public async Task MutatedFiles_AreValidNowhere_OrInBoth()
    {
        // A seed tells which run it was; the mutations are those that a reader with loose types falls for.
        int seed = int.Parse(
            Environment.GetEnvironmentVariable("TEST_PAGE_SEED") ?? "20261130", CultureInfo.InvariantCulture);
        int count = int.Parse(
            Environment.GetEnvironmentVariable("TEST_PAGE_RUNS") ?? "600", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        Say(CredentialState.Suspended, StatusReason.UnderReview);
        Say(CredentialState.InForce, reason: null);
        var read = CredentialReader.Read(_cohort.Documents[0]);
        byte[] whole = Prove();
        string[] proofs =
        [
            Encoding.UTF8.GetString(whole), Encoding.UTF8.GetString(LogProofFile.Parse(whole, read).ToBytes(read)),
        ];
        var cases = new List<GivenFiles> { new(Document, proofs[0], Trust), new(Document, proofs[1], Trust) };
        for (int i = 0; i < count; i++)
        {
            string proof = proofs[random.Next(2)];
            cases.Add(random.Next(3) switch
            {
                0 => new GivenFiles(Document, Mutation.OfProof(proof, random), Trust),
                1 => new GivenFiles(Mutation.OfJson(Document, random), proof, Trust),
                _ => new GivenFiles(Mutation.OfJson(Document, random, "ledgerAnchor", "proof"), proof, Trust),
            });
        }

        var kinds = await AssertNoneIsTakenThatIsRefusedAsync([.. cases]);
        Assert.Equal(["valid", "valid"], kinds.Take(2));
    }

    [Fact]
    public async Task ProofWhoseStandingIsInAnotherForm_IsRefused()
    {
        Say(CredentialState.Suspended, StatusReason.UnderReview);
        Say(CredentialState.InForce, reason: null);
        var file = LogProofFile.Parse(Prove(), CredentialReader.Read(_cohort.Documents[0]));
        string value = Encoding.UTF8.GetString(file.Evidence.Credential.Value!.Value.Span);
        string[] values = [value, " " + value, Replaced(value, "{", "{\"state\":\"revoked\",")];
        var kinds = await AssertNoneIsTakenThatIsRefusedAsync([.. values.Select(one =>
        {
            var evidence = file.Evidence with
            {
                Credential = file.Evidence.Credential with { Value = Encoding.UTF8.GetBytes(one) },
            };
            return new GivenFiles(
                Document, Encoding.UTF8.GetString((file with { Evidence = evidence }).ToBytes()), Trust);
        })]);
        Assert.Equal(["valid", "invalid", "invalid"], kinds);
    }

    [Fact]
    public async Task TrustFile_ThatTheLibraryRefuses_IsRefusedOnThePage()
    {
        var members = _consortium.Trust.Members;
        string all = Text(members), first = Text(members[0]), second = Text(members[1]), key = Text(members[0].Keys);
        string mlDsa = $"{NoteKey.Of("w", NoteKeyType.MlDsaCosignature, new byte[MlDsaKey.PublicKeyLength])}";
        string small = Convert.ToBase64String([4, 1, .. new byte[31]]);
        (string Was, string Is)[] changes =
        [
            ("\"type\":\"LogTrust\",", ""), ("\"type\":\"LogTrust\"", "\"type\":\"Other\""),
            ("\"type\":\"LogTrust\"", "\"type\":null"), ("{\"ledger\"", "{\"ledger\":\"x\",\"ledger\""),
            ("{\"ledger\"", "{\"membersNeeded\":1,\"ledger\""), ("{\"ledger\"", "{\"membersNeeded\":4,\"ledger\""),
            ("{\"ledger\"", "{\"membersNeeded\":null,\"ledger\""), ("{\"ledger\"", "{\"membersNeeded\":0,\"ledger\""),
            ("{\"ledger\"", "{\"membersNeeded\":-1,\"ledger\""), ("{\"ledger\"", "{\"membersNeeded\":\"x\",\"ledger\""),
            ("{\"ledger\"", "{\"membersNeeded\":1.0,\"ledger\""), ("{\"ledger\"", "{\"membersNeeded\":5,\"ledger\""),
            ("{\"ledger\"", "{\"membersNeeded\":3,\"membersNeeded\":1,\"ledger\""),
            ("{\"ledger\"", "{\"membersNeded\":4,\"ledger\""), ("{\"ledger\"", "{\"MlDsaNeeded\":true,\"ledger\""),
            ("{\"ledger\"", "{\"mlDsaNeeded\":false,\"ledger\""), ("{\"ledger\"", "{\"mlDsaNeeded\":1,\"ledger\""),
            ("{\"ledger\"", "{\"membersInAll\":1,\"ledger\""), ("{\"ledger\"", "{\"membersInAll\":-7,\"ledger\""),
            ("{\"ledger\"", "{\"membersInAll\":5,\"ledger\""), ("{\"ledger\"", "{\"membersInAll\":9,\"ledger\""),
            ("{\"ledger\"", "{\"size\":1,\"ledger\""), ("{\"ledger\"", "{\"size\":\"1\",\"ledger\""),
            ("\"witnessesNeeded\":1", "\"witnessesNeeded\":0"), ("\"witnessesNeeded\":1", "\"witnessesNeeded\":null"),
            ("\"witnessesNeeded\":1", "\"witnessesNeeded\":-5"), ("\"witnessesNeeded\":1", "\"witnessesNeeded\":2"),
            ("\"witnessesNeeded\":1", "\"witnessesNeeded\":\"two\""), (second, Replaced(first, "AuroraMSP\"", "X\"")),
            (second, first), (second, "null"), (second, Replaced(second, "LindenMSP\"", "AuroraMSP\"")),
            (second, "{\"name\":\"LindenMSP\",\"keys\":[]}"), (second, "{\"name\":\"LindenMSP\",\"keys\":[null]}"),
            (all, "[]"), (all, "{}"), (key, $"{key[..^1]},{key[1..]}"), (key, Replaced(key, "+B", "+C")),
            ("\"witnesses\":[", $"\"witnesses\":[{{\"name\":\"w\",\"keys\":{key}}},"),
            ("\"witnesses\":[", $"\"witnesses\":[{{\"name\":\"AuroraMSP\",\"keys\":[{{\"key\":\"{mlDsa}\"}}]}},"),
            ("\"witnesses\":[", $"\"witnesses\":[{{\"name\":\"w\",\"keys\":[{{\"key\":\"{mlDsa}\"}}]}},"),
            ("\"witnesses\":[",
                $"\"witnesses\":[{{\"name\":\"w\",\"keys\":[{{\"key\":\"w+{IdOf(small)}+{small}\"}}]}},"),
            (key, Replaced(key, "{\"", "{\"until\":\"31.12.2025\",\"")),
            (key, Replaced(key, "{\"", "{\"until\":\"2026-11-01 (left)\",\"")),
            (key, Replaced(key, "{\"", "{\"until\":\"2026-02-31T00:00:00Z\",\"")),
            (key, Replaced(key, "{\"", "{\"until\":\"2027-02-28T00:00:00\",\"")),
            (key, Replaced(key, "{\"", "{\"until\":null,\"")),
            (key, Replaced(key, "{\"", "{\"until\":\"2027-02-28T00:00:00Z\",\"")),
            (key, Replaced(key, "{\"", "{\"from\":\"2020-02-29T23:59:59.1234567+14:00\",\"")),
            (key, Replaced(key, "{\"", "{\"from\":\"2020-02-29T24:00:00Z\",\"")),
            (key, Replaced(key, "{\"", "{\"until\":\"2026-01-01T00:00:00.000Z\",\"")),
            (key, Replaced(key, "{\"", "{\"untill\":\"2026-01-01T00:00:00.000Z\",\"")),
        ];
        string proof = Encoding.UTF8.GetString(Prove());
        var kinds = await AssertNoneIsTakenThatIsRefusedAsync([.. changes.Select(one =>
            new GivenFiles(Document, proof, Replaced(Trust, one.Was, one.Is)))]);
        Assert.Equal(11, kinds.Count(one => one == "valid"));
        Assert.Equal(39, kinds.Count(one => one == "refused"));
    }

    [Fact]
    public void OwnContext_HasTheDigestThatThePageKnows() => Assert.Contains(
        $"\"{PublishedContext.Integrity}\"",
        File.ReadAllText(Path.Combine(
            Repository.Root, "gateway/MicroCreds.Ledger.Gateway/Pages/Offline/document.js")),
        StringComparison.Ordinal);

    private static string Text<T>(T value) => Encoding.UTF8.GetString(CanonicalJson.Serialize(value));

    private static string IdOf(string key) => Convert.ToHexStringLower(
        SHA256.HashData([.. "w\n"u8, .. Convert.FromBase64String(key)]))[..8];

    private static string Replaced(string text, string was, string now)
    {
        int at = text.IndexOf(was, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{was} is not in it.");
        return text[..at] + now + text[(at + was.Length)..];
    }

    private byte[] Prove() => _log.Prove(_consortium.Signed(_log), _cohort);

    private void Revoke(int index) =>
        _log.Change(_issuer.SetStatus(_cohort, index, CredentialState.Revoked, StatusReason.Misconduct));

    private void Say(string state, string? reason) => _log.Change(_issuer.SetStatus(_cohort, 0, state, reason));

    /// <summary>Has both read them; whether it is valid they must say alike.</summary>
    private async Task<string[]> AssertNoneIsTakenThatIsRefusedAsync(params GivenFiles[] cases)
    {
        var said = await OfflineScripts.ReadAsync(_consortium.Time.GetUtcNow(), cases);
        string[] expected = [.. cases.Select(KindOf)];
        var differences = new List<string>();
        foreach (var (i, page) in said.Index())
        {
            bool isValid = (string?)page!["verdict"] == "valid";
            if (expected[i] == "refused")
                Assert.Contains("notATrustFile", page.ToJsonString(), StringComparison.Ordinal);
            if (isValid == (expected[i] == "valid")) continue;
            differences.Add($"{i}: {expected[i]}, and on the page {page["verdict"]}: {page.ToJsonString()}\n"
                + $"{cases[i].Credential}\n{cases[i].Proof}\n{cases[i].Trust}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join("\n", differences.Take(5))}");
        return expected;
    }

    /// <summary>The verdict of the library; <c>refused</c> if it does not read the trust file.</summary>
    private string KindOf(GivenFiles given)
    {
        LogTrust trust;
        try
        {
            trust = LogTrust.Read(Encoding.UTF8.GetBytes(given.Trust));
        }
        catch (StrictJsonException)
        {
            return "refused";
        }

        var filter = given.Filter is { } text ? StatusFilterFile.Parse(Encoding.UTF8.GetBytes(text)) : null;
        byte[] document = StrictJson.WithoutByteOrderMark(Encoding.UTF8.GetBytes(given.Credential));
        return _consortium.Verifier(trust, filter: filter)
            .Verify(document, Encoding.UTF8.GetBytes(given.Proof!)).Kind.ToString().ToLowerInvariant();
    }
}
