using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>What the page /verify/offline is given.</summary>
internal sealed record GivenFiles(
    string Credential, string? Proof, string Trust, TimeSpan? MaxAge = null, string? Filter = null);

/// <summary>The scripts of /verify/offline, run by Node.</summary>
internal static class OfflineScripts
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Has them verify; gives what they say of each.</summary>
    public static async Task<JsonArray> ReadAsync(DateTimeOffset now, params GivenFiles[] cases)
    {
        string programs = await NodePrograms.InstallAsync("log", Cancelled);
        var input = new JsonArray([.. cases.Select(one => new JsonObject
        {
            ["credential"] = one.Credential,
            ["proof"] = one.Proof,
            ["trust"] = one.Trust,
            ["now"] = now.ToUnixTimeMilliseconds(),
            ["maxAge"] = one.MaxAge?.TotalMilliseconds,
            ["filter"] = one.Filter,
        })]);
        string folder = Directory.CreateTempSubdirectory("proofs-").FullName;
        try
        {
            string reader = Path.Combine(folder, "verifying.js"), asked = Path.Combine(folder, "cases.json");
            foreach (string script in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "gateway/MicroCreds.Ledger.Gateway/Pages/Offline")))
                File.Copy(script, Path.Combine(folder, Path.GetFileName(script)));
            await File.WriteAllTextAsync(
                Path.Combine(folder, "package.json"), """{ "type": "module" }""", Cancelled);
            await File.WriteAllTextAsync(asked, input.ToJsonString(), Cancelled);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["proofs.mjs", reader, asked], programs), Until.Patience, Cancelled);
            Assert.True(exitCode == 0, output);
            return JsonNode.Parse(output)!.AsArray();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
