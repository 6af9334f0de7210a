using System.Diagnostics;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>One organisation's contract as a process of its own, as operators run it.</summary>
internal sealed class ContractProcess : IAsyncDisposable
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private readonly Process _process;

    private ContractProcess(Process process) => _process = process;

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="options">What its environment says.</param>
    /// <param name="environment">What it says beside that.</param>
    public static async Task<ContractProcess> StartAsync(
        ChaincodeServerOptions options, params (string Name, string Value)[] environment)
    {
        string program = Path.Combine(
            Repository.Root, "chaincode", "MicroCreds.Ledger.Contract", "bin", Configuration, "net10.0",
            "MicroCreds.Ledger.Contract.dll");
        var tls = options.Tls!;
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true };
        (string, string)[] variables =
        [
            ("CHAINCODE_SERVER_ADDRESS", options.Address),
            ("CORE_CHAINCODE_ID_NAME", options.ChaincodeId),
            ("CORE_PEER_TLS_ENABLED", "true"),
            ("CORE_TLS_CLIENT_CERT_FILE", tls.CertificateFile),
            ("CORE_TLS_CLIENT_KEY_FILE", tls.PrivateKeyFile),
            ("CORE_PEER_TLS_ROOTCERT_FILE", tls.ClientCaFile!),
            .. environment,
        ];
        foreach (var (name, value) in variables) start.Environment[name] = value;

        var process = Process.Start(start)!;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(
            new InvalidOperationException($"The contract ended with {process.ExitCode} before it listened."));
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains(options.Address, StringComparison.Ordinal) == true) listening.TrySetResult();
        };
        process.BeginOutputReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return new ContractProcess(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
