using System.Collections.Concurrent;
using System.Diagnostics;
using Amazon.KeyManagementService;
using MicroCreds.Ledger.Keys.AwsKms;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>
/// A stand-in for AWS KMS: moto, which others keep. It speaks AWS's protocol and has real keys; it is not AWS, whose
/// limits, rights and regions it does not show. It has no word for signing a digest, which AWS has; that is added here
/// as AWS documents it.
/// </summary>
internal sealed class KmsServer : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Moto = "/usr/lib/python3/dist-packages/moto/server.py";

    private const string Program = """
        import os
        import threading
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        from moto.kms import responses
        from moto.kms.utils import ECDSAPrivateKey
        from moto.server import main

        request = threading.local()
        answer, sign_raw = responses.KmsResponse.sign, ECDSAPrivateKey.sign

        def note(self):
            os.write(2, b"SIGNED\n")
            request.is_digest = self._get_param("MessageType") == "DIGEST"
            return answer(self)

        def sign(self, message, signing_algorithm):
            if not request.is_digest:
                return sign_raw(self, message, signing_algorithm)
            assert signing_algorithm == "ECDSA_SHA_256" and len(message) == 32
            return self.private_key.sign(message, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

        responses.KmsResponse.sign, ECDSAPrivateKey.sign = note, sign
        main()
        """;

    private readonly int _port;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = [];

    private KmsServer(int port)
    {
        (_port, _process) = (port, Run(port));

        // It tells of each request; a full pipe would stop it.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>How many signatures it was asked for.</summary>
    public int Signatures => _said.Sum(line => line.Split("SIGNED").Length - 1);

    /// <summary>How a gateway is told of it.</summary>
    public string[] Settings => ["AwsKmsRegion=eu-central-1", $"AwsKmsEndpoint={Address}"];

    public AwsKmsOptions Options =>
        new() { Region = "eu-central-1", Endpoint = Address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Starts it; skips the test where it is not to be had.</summary>
    public static async Task<KmsServer> StartAsync()
    {
        Assert.SkipUnless(
            File.Exists(Python) && File.Exists(Moto),
            "There is no moto here (Debian's python3-moto, python3-flask-cors): keys with AWS KMS are not tested.");

        // Any will do: moto takes whatever is signed.
        foreach (string name in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
            Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? "testing");
        var server = new KmsServer(FreePorts.Take());
        await server.WaitAsync();
        return server;
    }

    /// <summary>The service as its owner sees it.</summary>
    public AmazonKeyManagementServiceClient Owner() => new(
        new AmazonKeyManagementServiceConfig { ServiceURL = Address, AuthenticationRegion = "eu-central-1" });

    /// <summary>Ends it, and with it all its keys.</summary>
    public void Stop()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Lets it hang, as a network does that swallows what is sent.</summary>
    public void Suspend() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    public void Dispose()
    {
        if (!_process.HasExited) Stop();
        _process.Dispose();
    }

    private static Process Run(int port) => Process.Start(new ProcessStartInfo(
        Python, ["-c", Program, "-H", "127.0.0.1", "-p", $"{port}"])
    {
        WorkingDirectory = Path.GetTempPath(),
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private async Task WaitAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await client.GetAsync("/moto-api/", TestContext.Current.CancellationToken);
                    return true;
                }
                catch (HttpRequestException)
                {
                    Assert.False(_process.HasExited, $"moto ended at its start: {string.Join('\n', _said)}");
                    return false;
                }
            },
            () => $"moto does not answer: {string.Join('\n', _said)}");
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
