using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>What is wrong with a sample.</summary>
internal enum SampleState
{
    Valid,
    Tampered,
    Expired,
    Revoked,
    Suspended,
    WrongAudience,
}

/// <summary>A credential as a verifier gets it.</summary>
/// <param name="Form">The form, as the matrix names it.</param>
/// <param name="Key">The issuer's kind of key.</param>
/// <param name="State">What is wrong with it.</param>
/// <param name="Input">What the programs read.</param>
internal sealed record InteropSample(string Form, KeyAlgorithm Key, SampleState State, JsonObject Input)
{
    public const string DataIntegrity = "Data Integrity";
    public const string VcJwt = "VC-JWT";
    public const string SdJwtVc = "SD-JWT VC";
    public const string SdJwtVcByUrl = "SD-JWT VC, issuer by address";
    public const string SdJwtVcByCertificate = "SD-JWT VC, issuer by certificate";
    public const string VcJwtByCertificate = "VC-JWT, issuer by certificate";

    public string Name => $"{Form} / {Key} / {State}";

    public bool IsByCertificate => Form is SdJwtVcByCertificate or VcJwtByCertificate;

    public string Credential => (string)Input["credential"]!;
}

/// <summary>Makes the samples: each form, each state, each kind of key.</summary>
internal static class InteropSamples
{
    public const string Audience = "https://verifier.example";
    private const string Nonce = "n-0S6_WzA2Mj";

    private static readonly SampleState[] States =
    [
        SampleState.Valid, SampleState.Tampered, SampleState.Expired, SampleState.Revoked, SampleState.Suspended,
    ];

    public static async Task<List<InteropSample>> OfAsync(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        using var holder = IssuerPrivateKey.Generate(algorithm);
        using var chain = new IssuerChain(algorithm);
        var plain = new TokenKey(issuer.Key, issuer.Institution.Did, "key-1");
        string url = IssuerIdentity.UrlOf(issuer.Institution.Did)!;
        using var certificate = chain.Certify(issuer.Key, new Uri(url).Host);
        var certified = plain with { IssuerUrl = url, Certificates = [Convert.ToBase64String(certificate.RawData)] };
        var samples = new List<InteropSample>();
        foreach (var state in States)
        {
            samples.Add(await OfAsync(InteropSample.DataIntegrity, issuer, holder, plain, state));
            samples.Add(await OfAsync(InteropSample.VcJwt, issuer, holder, plain, state));
            samples.Add(await OfAsync(InteropSample.VcJwtByCertificate, issuer, holder, certified, state));
        }

        foreach (var state in States.Append(SampleState.WrongAudience))
        {
            samples.Add(await OfAsync(InteropSample.SdJwtVc, issuer, holder, plain, state));
            samples.Add(await OfAsync(
                InteropSample.SdJwtVcByUrl, issuer, holder, plain with { IssuerUrl = url }, state));
            samples.Add(await OfAsync(InteropSample.SdJwtVcByCertificate, issuer, holder, certified, state));
        }

        string root = Convert.ToBase64String(chain.Root.RawData);
        foreach (var sample in samples.Where(one => one.IsByCertificate)) sample.Input["roots"] = new JsonArray(root);
        return samples;
    }

    private static async Task<InteropSample> OfAsync(
        string form, SampleIssuer issuer, IssuerPrivateKey holder, TokenKey key, SampleState state)
    {
        var request = SampleIssuer.Request() with
        {
            Recipient = new Recipient { Name = "Zoë 漢字", Key = HolderKeys.PublicOf(holder) },
            ValidUntil = state == SampleState.Expired
                ? SampleIssuer.IssuedAt.AddDays(10)
                : TimeProvider.System.GetUtcNow().AddYears(1),
        };
        byte[] document = issuer.Issue(request).Documents[0];
        var web = await SampleWeb.OfAsync(
            issuer, document, key, state == SampleState.Revoked, state == SampleState.Suspended);
        bool isTampered = state == SampleState.Tampered;
        bool isVcJwt = form is InteropSample.VcJwt or InteropSample.VcJwtByCertificate;
        bool isSelective = !isVcJwt && form != InteropSample.DataIntegrity;
        byte[] credential = form switch
        {
            InteropSample.DataIntegrity => isTampered ? Tamper(document) : document,
            _ when isVcJwt => Tamper(new CredentialFormWriter(key).WriteVcJwt(document), isTampered),
            _ => Present(
                Tamper(new CredentialFormWriter(key).WriteSdJwt(document), isTampered), holder,
                state == SampleState.WrongAudience ? "https://elsewhere.example" : Audience),
        };
        var input = new JsonObject
        {
            ["form"] = form switch
            {
                InteropSample.DataIntegrity => "dataIntegrity",
                InteropSample.VcJwt => "vcJwt",
                InteropSample.VcJwtByCertificate => "vcJwtByCertificate",
                _ => "sdJwtVc",
            },
            ["credential"] = Encoding.UTF8.GetString(credential),
            ["did"] = issuer.Institution.Did,
            ["web"] = web,
        };
        if (isSelective) (input["audience"], input["nonce"]) = (Audience, Nonce);
        var sample = new InteropSample(form, issuer.Key.Algorithm, state, input);
        input["name"] = sample.Name;
        return sample;
    }

    private static byte[] Tamper(byte[] document)
    {
        var changed = JsonNode.Parse(document)!;
        changed["credentialSubject"]!["name"] = "Someone Else";
        return CanonicalJson.Canonicalize(changed);
    }

    private static byte[] Tamper(byte[] token, bool isTampered) => isTampered
        ? ForgedToken.Of(token).Change(one => one.Payload["name"] = "Another Title").ToArray()
        : token;

    private static byte[] Present(byte[] token, IssuerPrivateKey holder, string audience) => HolderKeys.Present(
        token, holder,
        new JsonObject
        {
            ["iat"] = TimeProvider.System.GetUtcNow().AddSeconds(-5).ToUnixTimeSeconds(),
            ["aud"] = audience,
            ["nonce"] = Nonce,
        });
}
