using System.Runtime.InteropServices;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// The program that calls a network through our client library, published as an application is; below artifacts/cold.
/// </summary>
internal static class PublishedClient
{
    private const string Project = "MicroCreds.Ledger.BenchmarkClient";

    /// <summary>The ways to publish it; each returns the program.</summary>
    /// <exception cref="BenchmarkException">It cannot be published; the last words of the build are told.</exception>
    public static readonly IReadOnlyList<(string Name, Func<Task<string>> PublishAsync)> Forms =
    [
        ("as it is built", () => PublishAsync("built", "--no-self-contained")),
        ("with ReadyToRun", () => PublishAsync("ready-to-run", "--no-self-contained", "-p:PublishReadyToRun=true")),
        ("as native code", () => PublishAsync("native", "-p:PublishAot=true")),
    ];

    private static async Task<string> PublishAsync(string name, params string[] how)
    {
        string folder = Repository.PathOf("artifacts", "cold", name);
        await Command.RunAsync(
            "dotnet",
            [
                "publish", Repository.PathOf("tests", Project), "--configuration", "Release", "--nologo", "-v", "quiet",
                "--runtime", RuntimeInformation.RuntimeIdentifier, "--output", folder,

                // Apart from the build that is tested, and what each way needs of the SDK stands in no lock file.
                $"-p:ArtifactsPath={folder}-build", "-p:RestorePackagesWithLockFile=false", .. how,
            ]);
        return Path.Combine(folder, OperatingSystem.IsWindows() ? $"{Project}.exe" : Project);
    }
}
