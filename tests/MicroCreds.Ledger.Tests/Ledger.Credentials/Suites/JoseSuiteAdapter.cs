using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;
using PublicKey = MicroCreds.Ledger.Model.PublicKey;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Suites;

/// <summary>
/// Answers the W3C's suite on tokens (VC-JOSE-COSE), which hands over a key with each document. Tokens are signed and
/// taken apart as ours are, and judged as others' are.
/// </summary>
internal static class JoseSuiteAdapter
{
    private const string Success = "success";
    private const string Failure = "failure";

    /// <summary>What the suite calls the answer of one that does not know how.</summary>
    private const string Indeterminate = "indeterminate";

    private const string PresentationType = "vp+jwt";
    private const string PresentationContentType = "vp";

    /// <summary>Answers one request.</summary>
    /// <param name="request">The <c>function</c>, the <c>feature</c>, the <c>input</c> and the <c>key</c>.</param>
    public static async Task<JsonObject> AnswerAsync(JsonElement request)
    {
        bool isPresentation = request.GetProperty("feature").GetString() == "presentation_jose";
        string input = request.GetProperty("input").GetString()!.Trim();
        var method = request.GetProperty("key");
        PublicKey key;
        try
        {
            key = JsonWebKey.Read(method.GetProperty("publicKeyJwk"));
        }
        catch (FormatException)
        {
            return Result(Indeterminate);
        }

        return request.GetProperty("function").GetString() == "issue"
            ? await IssueAsync(input, isPresentation, key.Algorithm, method)
            : Result(Verify(input, isPresentation, key) ? Success : Failure);
    }

    private static async Task<JsonObject> IssueAsync(
        string input, bool isPresentation, KeyAlgorithm algorithm, JsonElement method)
    {
        using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(input));
        var faults = isPresentation
            ? DataModelCheck.OfPresentation(document.RootElement)
            : DataModelCheck.OfCredential(document.RootElement);
        if (faults.Count > 0) return Result(Failure);
        using var key = Import(algorithm, method.GetProperty("secretKeyJwk"));
        byte[] header = CompactJws.Header(
            algorithm, method.GetProperty("id").GetString()!,
            isPresentation ? PresentationType : TokenClaims.VcJwtType,
            isPresentation ? PresentationContentType : TokenClaims.VcJwtContentType);
        byte[] token = await CompactJws.SignAsync(
            key, header, CanonicalJson.Canonicalize(document.RootElement), CancellationToken.None);
        var result = Result(Success);
        result["data"] = Encoding.ASCII.GetString(token);
        return result;
    }

    private static bool Verify(string input, bool isPresentation, PublicKey key)
    {
        byte[] token = Encoding.UTF8.GetBytes(input);
        var faults = new FaultCollector();
        if (CompactJws.Split(token, faults) is not { } parts || faults.Faults.Count > 0) return false;
        if (!key.Verify(parts.SignedBytes.Span, parts.Signature)) return false;
        return ForeignToken.FaultsOf(token, isPresentation).Count == 0;
    }

    private static IssuerPrivateKey Import(KeyAlgorithm algorithm, JsonElement jwk)
    {
        byte[] Bytes(string name)
        {
            Assert(StrictBase64Url.TryDecode(
                Encoding.ASCII.GetBytes(jwk.GetProperty(name).GetString()!), out byte[] bytes));
            return bytes;
        }

        if (algorithm == KeyAlgorithm.Ed25519)
        {
            return FromDer([.. Convert.FromHexString("302e020100300506032b657004220420"), .. Bytes("d")]);
        }

        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Bytes("d"),
            Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") },
        });
        return FromDer(key.ExportPkcs8PrivateKey());
    }

    private static IssuerPrivateKey FromDer(byte[] der) => IssuerPrivateKey.FromPem(
        PemEncoding.WriteString("PRIVATE KEY", der));

    private static JsonObject Result(string result) => new() { ["result"] = result };

    private static void Assert(bool isSo) => Xunit.Assert.True(isSo);
}
