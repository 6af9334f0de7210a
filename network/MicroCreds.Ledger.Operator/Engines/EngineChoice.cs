using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>Which engine a state directory runs on.</summary>
internal static class EngineChoice
{
    /// <summary>Opens the engine that was asked for, or else the one that the state directory was made by.</summary>
    /// <exception cref="OperatorException">There is no such engine, or the state is another engine's.</exception>
    public static IEngine Open(string? asked, string state)
    {
        string? kept = NetworkFile.TryRead(state)?.Engine;
        if (asked is not null && kept is not null && asked != kept)
        {
            throw new OperatorException(
                $"{state} holds a network of the engine \"{kept}\": leave out --engine, forget it with "
                + $"scripts/down.sh --wipe, or give another --state for \"{asked}\".");
        }

        return (asked ?? kept ?? EmbeddedEngine.EngineName) switch
        {
            EmbeddedEngine.EngineName => new EmbeddedEngine(state),
            NativeEngine.EngineName => new NativeEngine(state),
            DockerEngine.EngineName => new DockerEngine(state),
            var name => throw new OperatorException(
                $"There is no engine \"{name}\" here: it is {EmbeddedEngine.EngineName}, {NativeEngine.EngineName} or "
                + $"{DockerEngine.EngineName}."),
        };
    }
}
