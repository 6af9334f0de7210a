using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Keys.Pkcs11;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>
/// A token of SoftHSM, which can be taken away and put back. All tokens of a process lie in one folder, since the
/// library reads its configuration once for the whole process.
/// </summary>
internal sealed class SoftToken : IDisposable
{
    /// <summary>
    /// The collection of all tests with tokens, one after the other: a token that is taken away may have the library
    /// started anew, which ends every other token's sessions, too.
    /// </summary>
    public const string Tests = "Tokens of SoftHSM";

    private const string FirstPin = "pin-of-the-tests-7391";

    private static readonly Lock Turn = new();
    private static readonly string? Module = new[]
    {
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    }.FirstOrDefault(File.Exists);

    private static string? _folder;

    private readonly string _place;
    private readonly string _away;
    private string _pin = FirstPin;

    private SoftToken(string label, string place)
    {
        (Label, _place, _away) = (label, place, Path.Combine(_folder!, "away-" + label));
        PinFile = Path.Combine(_folder!, label + ".pin");
        WritePin(_pin);
    }

    public string Label { get; }

    public string PinFile { get; }

    /// <summary>How a gateway is told of it.</summary>
    public string[] Settings => [$"Pkcs11Module={Module}", $"Pkcs11Token={Label}", $"Pkcs11PinFile={PinFile}"];

    public Pkcs11Options Options => new() { Module = Module!, Token = Label, PinFile = PinFile };

    /// <summary>Makes a token; skips the test where there is no SoftHSM.</summary>
    public static SoftToken Make()
    {
        Assert.SkipWhen(
            Module is null || !OperatingSystem.IsLinux(),
            "There is no SoftHSM here (Debian's package softhsm2 has it): keys in tokens are not tested.");
        lock (Turn)
        {
            _folder ??= Prepare();
            string label = "token-" + Guid.NewGuid().ToString("N")[..8];
            string tokens = Path.Combine(_folder, "tokens");
            string[] before = Directory.GetDirectories(tokens);
            Run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", FirstPin);
            return new SoftToken(label, Directory.GetDirectories(tokens).Except(before).Single());
        }
    }

    public Task<Pkcs11Token> OpenAsync() => Pkcs11Token.OpenAsync(Options, TestContext.Current.CancellationToken);

    /// <summary>Puts a key of a file into the token, as an operator would.</summary>
    public void Import(string pemFile, string label) => Run(
        "softhsm2-util", "--import", pemFile, "--token", Label, "--label", label, "--id",
        RandomNumberGenerator.GetHexString(16), "--pin", _pin);

    /// <summary>Asks OpenSC's tool, which knows nothing of this program.</summary>
    public string Ask(params string[] arguments) =>
        Run("pkcs11-tool", ["--module", Module!, "--token-label", Label, "--login", "--pin", _pin, .. arguments]);

    /// <summary>Changes the token's PIN, and says nothing of it in the file.</summary>
    public void ChangePin(string pin)
    {
        Ask("--change-pin", "--new-pin", pin);
        _pin = pin;
    }

    public void WritePin(string pin) => File.WriteAllText(PinFile, pin + "\n");

    public void WriteRightPin() => WritePin(_pin);

    /// <summary>Takes the token out.</summary>
    public void TakeAway() => Directory.Move(_place, _away);

    /// <summary>Puts it back.</summary>
    public void PutBack() => Directory.Move(_away, _place);

    public void Dispose()
    {
        File.Delete(PinFile);
        foreach (string place in new[] { _place, _away }.Where(Directory.Exists))
            Directory.Delete(place, recursive: true);
    }

    private static string Prepare()
    {
        string folder = Directory.CreateTempSubdirectory("softhsm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string tokens = Directory.CreateDirectory(Path.Combine(folder, "tokens")).FullName;
        string configuration = Path.Combine(folder, "softhsm2.conf");
        File.WriteAllText(
            configuration, $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");

        // The library reads the process's own environment, which .NET keeps a copy of.
        byte[] value = Encoding.UTF8.GetBytes(configuration + "\0");
        Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF\0"u8.ToArray(), value, overwrite: 1));
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", configuration);
        return folder;
    }

    private static string Run(string program, params string[] arguments)
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, program))),
            $"There is no {program} on the PATH (Debian's packages softhsm2 and opensc have them).");
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        process.ErrorDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {said}");
        return said.ToString();
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment(byte[] name, byte[] value, int overwrite);
}
