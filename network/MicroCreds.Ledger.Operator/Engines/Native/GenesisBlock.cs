using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>The channel's first block, made once by configtxgen and kept.</summary>
internal static class GenesisBlock
{
    /// <summary>Reads the block; makes it first if it is not there.</summary>
    /// <param name="binaries">Fabric's programs.</param>
    /// <param name="files">Where the block and the organisations' certificates lie.</param>
    /// <param name="consortium">With the addresses by which nodes know each other.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<byte[]> EnsureAsync(
        FabricBinaries binaries, NativeFiles files, Consortium consortium, CancellationToken cancellation)
    {
        if (!File.Exists(files.GenesisBlock))
        {
            await MakeAsync(binaries, files, consortium, cancellation);
        }

        return await File.ReadAllBytesAsync(files.GenesisBlock, cancellation);
    }

    private static async Task MakeAsync(
        FabricBinaries binaries, NativeFiles files, Consortium consortium, CancellationToken cancellation)
    {
        Directory.CreateDirectory(files.ChannelDirectory);
        await File.WriteAllTextAsync(
            Path.Combine(files.ChannelDirectory, "configtx.yaml"),
            ChannelProfile.Write(consortium, files, binaries.Version), cancellation);
        string unfinished = files.GenesisBlock + ".new";
        var start = new ProcessStartInfo(
            binaries.Configtxgen,
            [
                "-configPath", files.ChannelDirectory, "-profile", ChannelProfile.Name,
                "-channelID", consortium.Channel, "-outputBlock", unfinished,
            ])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new OperatorException($"configtxgen could not make the channel's first block:\n{error.Trim()}");
        }

        File.Move(unfinished, files.GenesisBlock);
    }
}
