using System.Globalization;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>The images of our own programs: what was built, copied onto the official .NET runtime.</summary>
internal static class ProgramImages
{
    /// <summary>Builds both images; what has not changed is Docker's to notice.</summary>
    public static async Task BuildAsync(DockerFiles docker, string project, int user, CancellationToken cancellation)
    {
        await BuildAsync(
            docker, Programs.Contract, "chaincode", ComposeFile.ContractImage(project), user, cancellation);
        await BuildAsync(docker, Programs.Gateway, "gateway", ComposeFile.GatewayImage(project), user, cancellation);
    }

    private static async Task BuildAsync(
        DockerFiles docker, string program, string name, string image, int user, CancellationToken cancellation)
    {
        // …/project/bin/configuration/framework/program.dll
        var output = Directory.GetParent(program)!;
        string project = output.Parent!.Parent!.Parent!.FullName;
        string context = docker.ImageContext(name);
        await DockerCommand.RunSuccessfullyAsync(
            [
                "dotnet", "publish", project, "--configuration", output.Parent.Name, "--no-build", "--nologo",
                "--verbosity", "quiet", "--output", context,
            ],
            cancellation);
        string owner = user.ToString(CultureInfo.InvariantCulture);
        await DockerCommand.RunAsync(
            [
                "build", "--quiet", "--tag", image, "--build-arg", $"UID={owner}",
                "--file", Path.Combine(Programs.Root, "network", "fabric", "docker", $"{name}.Dockerfile"), context,
            ],
            cancellation);
    }
}
