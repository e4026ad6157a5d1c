namespace Transcendence.Faults;

/// <summary>Has commands of EF Core take longer, by its diagnostic event before each: what the service measures of a command is longer then, too.</summary>
internal sealed class SlowDatabase(FaultPoint point) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Source = "Microsoft.EntityFrameworkCore";
    private const string BeforeCommand = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting";

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Source)
        {
            // Asked before each event, so that without a fault none is made.
            value.Subscribe(this, name => name == BeforeCommand && point.Now.DatabaseMilliseconds > 0);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == BeforeCommand)
        {
            Thread.Sleep(point.Now.DatabaseMilliseconds); // As a slow disk would: SQLite's calls hold their thread too.
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
