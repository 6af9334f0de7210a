using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>How many bytes a proof has beside the document.</summary>
public sealed class ProofSizeTests
{
    private const int Said = 10_000;
    private const int Institutions = 24;
    private const int Proofs = 200;
    private const int Cosigner = 72;

    private static readonly string[] MemberNames = ["AuroraMSP", "LindenMSP", "MeridianMSP"];

    /// <summary>
    /// A log of a million statements, with its own name's full length, of a consortium of 24 in which 10,000
    /// credentials were spoken of, signed by the log, three members and a witness. A gateway, which does not have the
    /// credential, makes some that are a few bytes longer.
    /// </summary>
    [Theory]
    [InlineData(true, 100)]
    [InlineData(false, 90)]
    public void Proof_InALogOfAMillion_HasThreeKilobytesAtMost(bool isShortened, int percent) => Assert.InRange(
        SizeOf(isShortened, percent, PublicKey.SignatureLength, Cosigner), 2_000, 3 * 1024);

    /// <summary>The same with the statement's and three members' and the witness's signatures of ML-DSA-44.</summary>
    [Fact]
    public void Proof_WithMlDsa_HasAsMuchMoreAsTheSignaturesAre() => Assert.InRange(
        SizeOf(
            isShortened: true, percent: 100, PublicKey.SignatureLength + MlDsaKey.SignatureLength,
            sizeof(ulong) + MlDsaKey.SignatureLength),
        18_000, 19 * 1024);

    private static int SizeOf(bool isShortened, int percent, int statementBytes, int cosignatureBytes)
    {
        using var issuer = new SampleIssuer();
        var cohort = issuer.Issue();
        var leaf = SimulatedLog.Of(issuer).Leaves[^1] with
        {
            Type = IssuanceStatement.TypeName,
            Record = null,
            Statement = JsonSerializer.SerializeToElement(cohort.Issuance.Statement, LedgerJson.Options),
            Signature = Statements.EncodeSignature(RandomNumberGenerator.GetBytes(statementBytes)),
            Block = 123_456,
            TransactionId = cohort.Issuance.TransactionId,
        };
        var credential = CredentialReader.Read(cohort.Documents[0]);
        var standing = Grown(issuer);
        var head = new LogHead(
            "credentials:" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), 1_000_000,
            RandomNumberGenerator.GetBytes(32))
        {
            Extensions = standing.Roots().ToLines(),
        };
        var note = new SignedNote(head.ToText(), [.. Signers(head.Origin, cosignatureBytes)]);
        var sizes = new List<int>();
        for (int i = 0; i < Proofs; i++)
        {
            var evidence = new LogProofEvidence
            {
                Leaf = leaf,
                Credential = standing.Credentials.Prove(RandomNumberGenerator.GetBytes(32)),
                Issuer = standing.Issuers.Prove(LogStanding.KeyOf("AuroraMSP")),
            };
            var path = Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetBytes(32));
            var file = new LogProofFile(999_999, [.. path], evidence, note);
            sizes.Add(file.ToBytes(isShortened ? credential : null).Length);
        }

        sizes.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sizes[0]} to {sizes[^1]} bytes, the median {sizes[Proofs / 2]}");
        return sizes[(Proofs * percent / 100) - 1];
    }

    private static LogStanding Grown(SampleIssuer issuer)
    {
        var standing = LogStanding.New();
        foreach (var leaf in SimulatedLog.Of(issuer).Leaves) standing.Take(leaf);
        for (int i = 1; i < Institutions; i++)
            standing.Issuers.Put(LogStanding.KeyOf($"Member{i}MSP"), CanonicalJson.Serialize(new IssuerStanding()));
        standing.Issuers.Put(LogStanding.MembersKey, CanonicalJson.Serialize(new MembersStanding()));
        standing.Issuers.Put(
            LogStanding.FilterKey, CanonicalJson.Serialize(new FilterStanding(Said, new string('A', 44))));
        byte[] value = CanonicalJson.Serialize(new { state = "revoked" });
        for (int i = 0; i < Said; i++) standing.Credentials.Put(RandomNumberGenerator.GetBytes(32), value);
        return standing;
    }

    private static IEnumerable<NoteSignature> Signers(string origin, int cosignatureBytes)
    {
        const int Log = 64;
        yield return new NoteSignature(origin, 1, RandomNumberGenerator.GetBytes(Log));
        string[] names =
        [
            .. MemberNames.Select(one => MemberCosigner.NameOf(origin, one)),
            "witness.example",
        ];
        foreach (string name in names)
            yield return new NoteSignature(name, 1, RandomNumberGenerator.GetBytes(cosignatureBytes));
    }
}
