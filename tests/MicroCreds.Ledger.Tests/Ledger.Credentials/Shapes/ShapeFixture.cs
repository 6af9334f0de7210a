using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>A cohort as documents and tokens, a verifier of what is brought, and others' programs.</summary>
public abstract class ShapeFixture : TokenFixture
{
    // The programs are installed once, whichever class comes first.
    private static readonly SemaphoreSlim Installing = new(1);

    internal CredentialAward[] Awards => [.. Cohort.Documents.Skip(2).Take(2).Select(CredentialAward.Of)];

    internal Task<byte[]> RecordAsync(Func<LearnerRecord, LearnerRecord>? change = null, string keyId = "key-1")
    {
        var record = new LearnerRecord
        {
            Id = Guid.Parse("6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27"),
            Name = "Record of achievements of Learner Nr. 3",
            Publisher = Issuer.Institution,
            LearnerName = "Learner Nr. 3",
            Credentials = [.. Awards.Select(one => one.Document)],
            MadeAt = Time.GetUtcNow(),
        };
        return (change?.Invoke(record) ?? record).SignAsync(
            keyId == "key-1" ? Issuer.Key : Issuer.OtherKey, keyId, TestContext.Current.CancellationToken).AsTask();
    }

    internal async Task<Verdict> VerifyReceivedAsync(byte[] received)
    {
        using var signatures = new ForeignSignatures(
            web: null, Time, MicroCreds.Ledger.Gateway.Asking.TranscriptSignature.Check);
        return await new ReceivedVerifier(Verifier, signatures).VerifyAsync(
            received, request: null, TestContext.Current.CancellationToken);
    }

    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        await Installing.WaitAsync(cancellationToken);
        try
        {
            return await NodePrograms.InstallAsync("shapes", cancellationToken);
        }
        finally
        {
            Installing.Release();
        }
    }

    /// <summary>Has a program that others wrote judge a document.</summary>
    internal static async Task<JsonNode> JudgeAsync(
        string what, JsonNode document, string? folder, params SampleIssuer[] issuers)
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await InstallAsync(cancellation);
        string input = Path.GetTempFileName();
        try
        {
            var asked = new JsonObject
            {
                ["document"] = document,
                ["controllers"] = new JsonArray(
                    [.. issuers.Select(issuer => IssuerIdentity.DidDocument(issuer.Institution))]),
            };
            await File.WriteAllTextAsync(input, asked.ToJsonString(), cancellation);
            string[] arguments = ["shapes.mjs", what, input, .. folder is null ? (string[])[] : [folder]];
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", arguments, programs), Until.Patience, cancellation);
            Assert.True(exitCode == 0, output);
            return JsonNode.Parse(output.Split('\n').Last(line => line.StartsWith('{')))!;
        }
        finally
        {
            File.Delete(input);
        }
    }
}
