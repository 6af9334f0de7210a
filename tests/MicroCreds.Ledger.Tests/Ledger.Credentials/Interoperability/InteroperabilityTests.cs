using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using JsonWebKeySet = Microsoft.IdentityModel.Tokens.JsonWebKeySet;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>
/// What verifiers and wallets that others wrote say of our credentials: each form, each kind of key, each thing that
/// can be wrong. <c>WRITE_INTEROPERABILITY=1</c> writes the table that the documents have; without it the table must be
/// what they said now.
/// </summary>
public sealed class InteroperabilityTests
{
    private const string Microsoft = "Microsoft.IdentityModel.JsonWebTokens";

    [Fact]
    public async Task Verifiers_OfOthers_SayWhatTheMatrixSays()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("interop", cancellation);
        List<InteropSample> samples =
            [.. await InteropSamples.OfAsync(KeyAlgorithm.P256), .. await InteropSamples.OfAsync(KeyAlgorithm.Ed25519)];
        var answers = await AskNodeAsync(programs, samples, cancellation);
        foreach (var sample in samples.Where(one => IsForMicrosoft(one.Form)))
            answers.Add(new InteropAnswer(sample, Microsoft, await AskMicrosoftAsync(sample)));

        var wrong = answers.Where(answer => answer.IsRight != (InteropMatrix.ExceptionOf(answer) is null)).ToList();
        Assert.True(
            wrong.Count == 0,
            string.Join('\n', wrong.Select(one => $"{one.Verifier} of {one.Sample.Name}: {one.Why ?? "accepts"}")));

        string table = InteropMatrix.Write(answers, Path.Combine(programs, "package.json"));
        string file = Path.Combine(Repository.Root, "gateway", "docs", "interoperability.md");
        if (Environment.GetEnvironmentVariable("WRITE_INTEROPERABILITY") == "1")
            await File.WriteAllTextAsync(file, table, cancellation);
        Assert.Equal(await File.ReadAllTextAsync(file, cancellation), table);
    }

    private static async Task<List<InteropAnswer>> AskNodeAsync(
        string programs, List<InteropSample> samples, CancellationToken cancellation)
    {
        string input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                input, JsonSerializer.Serialize(samples.Select(sample => sample.Input)), cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["verify.mjs", input], programs), Until.Patience, cancellation);
            Assert.True(exitCode == 0, output);
            return
            [
                .. output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
                    .Select(said => new InteropAnswer(
                        samples.Single(sample => sample.Name == (string?)said["name"]), (string)said["verifier"]!,
                        (bool)said["accepts"]! ? null : (string?)said["why"] ?? "")),
            ];
        }
        finally
        {
            File.Delete(input);
        }
    }

    // It is given keys, and looks at no certificates.
    private static bool IsForMicrosoft(string form) =>
        form is not (InteropSample.DataIntegrity or InteropSample.VcJwtByCertificate);

    // Of an SD-JWT this library sees what the issuer signed, and neither what is disclosed nor the wallet's proof.
    private static async Task<string?> AskMicrosoftAsync(InteropSample sample)
    {
        var web = sample.Input["web"]!.AsObject();
        var metadata = web.First(page => page.Key.EndsWith("/jwt-vc-issuer", StringComparison.Ordinal));
        var keys = JsonNode.Parse(Convert.FromBase64String((string)metadata.Value!["application/json"]!))!["jwks"]!;
        string did = (string)sample.Input["did"]!;
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            sample.Credential.Split('~')[0],
            new TokenValidationParameters
            {
                ValidIssuers = [did, IssuerIdentity.UrlOf(did)],
                ValidateAudience = false,
                IssuerSigningKeys = new JsonWebKeySet(keys.ToJsonString()).GetSigningKeys(),
                ValidTypes = ["vc+jwt", "dc+sd-jwt"],
            });
        return result.IsValid ? null : result.Exception.Message;
    }
}
