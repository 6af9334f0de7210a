using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

/// <summary>Credentials with their seeds, and the ledger that has them.</summary>
public abstract class CompactFixture : VerifierFixture
{
    private protected CompactFixture() => Writer = new CompactWriter(Ledger, Verifier.Compact);

    private protected CompactWriter Writer { get; }

    /// <summary>Issues a cohort of which one is asked for, and writes it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="size">How many are issued together.</param>
    /// <param name="index">The place of that one.</param>
    /// <param name="parts">The credentials that it is made up of.</param>
    private protected async Task<(CompactForm Form, byte[] Document)> WriteAsync(
        CredentialRequest? request = null, int size = 5, int index = 3, IReadOnlyList<CredentialPart>? parts = null)
    {
        var (document, seed) = Issue(request ?? SampleIssuer.Request(), size, index, parts);
        return (await Writer.WriteAsync(document, seed, TestContext.Current.CancellationToken), document);
    }

    private protected async Task<string> TextAsync(CredentialRequest? request = null, int size = 5, int index = 3)
    {
        var (form, _) = await WriteAsync(request, size, index);
        Assert.Null(form.Detail);
        return form.Text!;
    }

    private protected async Task<Verdict> VerifyTextAsync(string text) =>
        await VerifyAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Issues a cohort of which one is a whole document.</summary>
    private protected (byte[] Document, CredentialSeed Seed) Issue(
        CredentialRequest request, int size, int index, IReadOnlyList<CredentialPart>? parts = null)
    {
        var template = new CredentialTemplate(
            Issuer.Achievement, Issuer.Institution, Issuer.Context, Issuer.TemplateVersion);
        var seed = CredentialSeed.Draw(request, SampleIssuer.IssuedAt, parts);
        var credential = template.Expand(seed, index);
        var leaves = Enumerable.Range(0, size).Select(i => MerkleTree.LeafHash(BitConverter.GetBytes(i))).ToArray();
        leaves[index] = credential.LeafHash();
        var tree = MerkleTree.Build(leaves);
        string root = Convert.ToHexStringLower(tree.Root);
        var statement = new IssuanceStatement
        {
            Ledger = SampleIssuer.Ledger,
            MspId = Issuer.Institution.MspId,
            Root = root,
            Size = size,
            Achievements = [new AchievementReference(Issuer.Achievement.Id, Issuer.Achievement.Version)],
            KeyId = "key-1",
            StatusList = Issuer.Context.StatusList.List,
            StatusOffset = Issuer.Context.StatusList.Offset,
        };
        Ledger.Issuances[root] = new Issuance
        {
            Statement = statement,
            Signature = SampleIssuer.Sign(statement, Issuer.Key),
            IssuedAt = SampleIssuer.IssuedAt,
            TransactionId = new string('a', 64),
        };
        var signer = new CredentialSigner(Issuer.Key, Issuer.Institution.Did, "key-1", SampleIssuer.IssuedAt);
        byte[] document = signer.Complete(credential, new LedgerAnchorDocument
        {
            Ledger = statement.Ledger,
            MspId = statement.MspId,
            Root = root,
            Index = index,
            Size = size,
            Path = [.. tree.ProofFor(index).Select(Convert.ToHexStringLower)],
            KeyId = statement.KeyId,
        });
        return (document, seed);
    }
}
