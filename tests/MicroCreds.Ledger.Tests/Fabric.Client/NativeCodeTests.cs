using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Testing;
using MicroCreds.Ledger.BenchmarkClient;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>
/// An application that is published as native code (PublishAot), without a runtime beside it, calls a network through
/// the client library. Publishing takes a minute and a C compiler: it is done where TEST_AOT is 1.
/// </summary>
public sealed class NativeCodeTests
{
    private const string Variable = "TEST_AOT";
    private const string Project = "MicroCreds.Ledger.BenchmarkClient";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_AsNativeCode_SubmitsAndEvaluates()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Variable) == "1",
            $"{Variable} is not 1: publishing native code takes a minute, and a C compiler.");
        using var folder = new TemporaryFolder();
        string program = await PublishAsync(folder.Path);
        await using var fabric = await FabricFixture.StartAsync(
            new ContractChaincode(PutGet()), new TestChannelOptions { NetworkFile = "" }, Cancel);
        using var process = Start(program, fabric.Embedded!);
        foreach (bool submit in new[] { true, false })
        {
            var command = new ClientCommand(submit, "chaincode", 5, 2, "key", "value");
            await process.StandardInput.WriteLineAsync(
                JsonSerializer.Serialize(command, ClientJson.Default.ClientCommand));
            string answer = await process.StandardOutput.ReadLineAsync(Cancel)
                ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Cancel));
            Assert.Equal(5, JsonSerializer.Deserialize(answer, ClientJson.Default.LoopResult)!.Calls);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("value"u8.ToArray(), await fabric.GetContract().EvaluateAsync("get", ["key-4"], Cancel));
    }

    /// <summary>Warnings of the compiler for native code, that something may be missing then, are errors.</summary>
    private static async Task<string> PublishAsync(string folder)
    {
        var (code, said) = await RunningScript.RunAsync(
            "dotnet",
            [
                "publish", Path.Combine(Repository.Root, "tests", Project), "--configuration", "Release", "-v", "quiet",
                "--runtime", RuntimeInformation.RuntimeIdentifier, "--output", Path.Combine(folder, "program"),
                "-p:PublishAot=true", $"-p:ArtifactsPath={Path.Combine(folder, "build")}",
                "-p:RestorePackagesWithLockFile=false",
            ]);
        Assert.True(code == 0, said);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "program"), "*.dll"));
        return Path.Combine(folder, "program", Project);
    }

    private static Process Start(string program, MicroCreds.Fabric.DevNetwork.DevNetwork network)
    {
        var organization = network.Consortium.Organizations[0];
        var user = UserFiles.Of(organization, network.StateDirectory);
        return Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PEER"] = organization.Peer,
                ["PEER_TLS_CA"] = user.TlsCa,
                ["PEER_TLS_NAME"] = user.HostName,
                ["MSP_ID"] = organization.MspId,
                ["CERTIFICATE"] = user.Certificate,
                ["PRIVATE_KEY"] = user.Key,
                ["CHANNEL"] = network.Consortium.Channel,
            },
        })!;
    }

    private static ContractDefinition PutGet()
    {
        var contract = new ContractDefinition("bench");
        contract.Submit("put", async (TransactionContext context, string key, byte[] value) =>
            await context.Stub.PutStateAsync(key, value));
        contract.Evaluate("get", async (TransactionContext context, string key) =>
            await context.Stub.GetStateAsync(key));
        return contract;
    }
}
