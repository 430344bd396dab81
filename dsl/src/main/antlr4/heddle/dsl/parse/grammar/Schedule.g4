/*
 * The grammar of schedule files, complete: what `heddle compile --emit schedule` prints.
 *
 *   - A line that begins with `schedule` names a kernel; the colon at its end is no part of the name.
 *   - The lines of a kernel are its choices, one kind a line, in any order.
 *   - A line that begins with `skip` is read over: by which tables blocks are skipped follows from the blocks.
 *   - The words of choices are names too, so that a loop may be called `order`.
 */
grammar Schedule;

file : kernel* EOF ;

kernel : HEADER choices* ;

choices
    : 'cut' cut (',' cut)*
    | 'order' order (',' order)*
    | 'place' placed (';' placed)*
    | 'bind' bind (',' bind)*
    | 'unroll' unroll (',' unroll)*
    | ('band' | 'stage' | 'pitch' | 'fetch' | 'prefetch' | 'trim') numbered (',' numbered)*
    | 'grain' NUMBER
    ;

// All of a loop in one block, a block for each index, or blocks of so many.
cut : name ('whole' | 'each' | NUMBER) ;

// Which block begins first.
order : name ('up' | 'down') ;

placed : name (',' name)* ('in' 'place' | 'local' | 'register') ;

// Levels, outermost first: bind i group . thread 8 . register 4
bind : name factor ('.' factor)* ;

factor : ('group' | 'thread' | 'register' | 'lane' | 'loop') NUMBER? ;

unroll : name 'over' name NUMBER ;

numbered : name NUMBER ;

name
    : NAME
    | 'cut' | 'order' | 'band' | 'place' | 'bind' | 'unroll' | 'stage' | 'pitch' | 'fetch' | 'prefetch' | 'trim' | 'grain' | 'whole' | 'each' | 'up' | 'down'
    | 'in' | 'local' | 'register' | 'group' | 'thread' | 'lane' | 'loop' | 'over'
    ;

HEADER  : 'schedule' [ \t]+ ~[\r\n]* ':' [ \t]* ;
SKIPPED : 'skip' [ \t]+ ~[\r\n]* -> skip ;
NAME    : [A-Za-z_] [A-Za-z_0-9']* ;
NUMBER  : [0-9]+ ;
COMMENT : '//' ~[\r\n]* -> skip ;
SPACE   : [ \t\r\n\f]+ -> skip ;
STRAY   : . ;
