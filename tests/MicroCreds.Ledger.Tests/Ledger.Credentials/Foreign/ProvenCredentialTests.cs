using System.Text;
using MicroCreds.Ledger.Credentials.Foreign;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

public sealed class ProvenCredentialTests
{
    private const string Proof = "c2sp.org/tlog-proof@v1\nextra AA==\nindex 1\n\nhead\n";

    [Theory]
    [InlineData("{ \"id\":\"a\",  \"leafSalt\":\"ü\" }")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.AA")]
    public void Both_AsOne_AreFoundAgain_LetterByLetter(string credential)
    {
        byte[] one = new ProvenCredential(
            Encoding.UTF8.GetBytes(credential), Encoding.UTF8.GetBytes(Proof)).ToBytes();
        var found = ProvenCredential.Find(one)!.Value;
        Assert.Equal(credential, Encoding.UTF8.GetString(found.Credential.Span));
        Assert.Equal(Proof, Encoding.UTF8.GetString(found.Proof.Span));
        Assert.Equal(one, Assert.Single(Unwrapping.Open(one)).Bytes.ToArray());
    }

    [Theory]
    [InlineData("{\"credential\":{\"id\":\"a\"},\"proof\":{\"type\":\"DataIntegrityProof\"}}")]
    [InlineData("{\"credential\":[],\"proof\":\"p\"}")]
    [InlineData("{\"credential\":{},\"proof\":\"p\"")]
    [InlineData("{\"id\":\"a\",\"proof\":\"p\"}")]
    [InlineData("[{\"credential\":{},\"proof\":\"p\"}]")]
    [InlineData(Proof)]
    [InlineData("")]
    public void AnythingElse_IsNone(string brought) =>
        Assert.Null(ProvenCredential.Find(Encoding.UTF8.GetBytes(brought)));

    [Fact]
    public void ProofAlone_IsKnownAsOne()
    {
        Assert.True(ProvenCredential.IsProof(Encoding.UTF8.GetBytes("\n" + Proof)));
        Assert.False(ProvenCredential.IsProof("{\"proof\":\"c2sp.org/tlog-proof@v1\"}"u8));
    }
}
